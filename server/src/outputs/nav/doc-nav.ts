/** `doc_nav.json`: the sections with a line about each, for navigation without reading the chunks. */
import type { DocNavFile, Document, NavSection } from "@knowhere/contract";
import type { Chunked, ChunkedSection } from "../chunks/chunks.ts";

/** What stands before the first heading is a section of this name. */
const rootTitle = "Root";

export function makeDocNav(document: Document, chunked: Chunked, fileName: string): DocNavFile {
  const sections: NavSection[] = [];
  const open: { depth: number; children: NavSection[] }[] = [{ depth: 0, children: sections }];
  for (const section of chunked.sections) {
    if (section.depth === 0 && section.chunks.length === 0) continue;
    while (open.length > 1 && open[open.length - 1]!.depth >= section.depth) open.pop();
    const node = navSection(section, fileName, open.length);
    open[open.length - 1]!.children.push(node);
    if (section.depth > 0) open.push({ depth: section.depth, children: node.children });
  }
  for (const section of sections) addUp(section);
  const count = (type: string) => chunked.chunks.filter((chunk) => chunk.type === type).length;
  return {
    version: "1.0",
    file_name: fileName,
    ...(document.title === undefined ? {} : { title: document.title }),
    ...(chunked.language === undefined ? {} : { language: chunked.language }),
    summary: chunked.summary,
    keywords: [...chunked.keywords],
    stats: {
      total_chunks: chunked.chunks.length,
      text_chunks: count("text"),
      image_chunks: count("image"),
      table_chunks: count("table"),
      max_depth: sections.reduce((deepest, section) => Math.max(deepest, depthOf(section)), 0),
    },
    sections,
    resources: {
      images: chunked.objects.images.map((image) => ({ path: image.file, summary: image.description })),
      tables: chunked.objects.tables.map((table) => ({ path: table.file, summary: table.summary })),
    },
  };
}

function navSection(section: ChunkedSection, fileName: string, level: number): NavSection {
  return {
    title: section.titles[section.titles.length - 1] ?? rootTitle,
    path: [fileName, ...section.titles].join("/"),
    level,
    summary: section.summary,
    chunk_count: section.chunks.length,
    children: [],
  };
}

/** Chunks of a section include those below it. */
function addUp(section: NavSection): number {
  section.chunk_count += section.children.reduce((sum, child) => sum + addUp(child), 0);
  return section.chunk_count;
}

function depthOf(section: NavSection): number {
  return 1 + section.children.reduce((deepest, child) => Math.max(deepest, depthOf(child)), 0);
}
