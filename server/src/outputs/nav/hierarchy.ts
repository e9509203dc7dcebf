/** Section titles as nested objects: `hierarchy.json` and the manifest's HIERARCHY. */
import type { Hierarchy } from "@knowhere/contract";
import type { Chunked } from "../chunks/chunks.ts";

interface OpenSection {
  depth: number;
  node: Hierarchy;
  /** The last number given to a title: a document may say the same title a hundred thousand times. */
  used: Map<string, number>;
}

/** The titles of all sections, nested as the headings are. */
export function sectionHierarchy(chunked: Pick<Chunked, "sections">): Hierarchy {
  const root = emptyNode();
  const open: OpenSection[] = [{ depth: 0, node: root, used: new Map() }];
  for (const section of chunked.sections) {
    const title = section.titles[section.titles.length - 1];
    if (title === undefined) continue;
    while (open.length > 1 && open[open.length - 1]!.depth >= section.depth) open.pop();
    const node = addChild(open[open.length - 1]!, title);
    open.push({ depth: section.depth, node, used: new Map() });
  }
  return root;
}

/** The whole package by path segments: the document under its folder, then the picture and table files. */
export function packageHierarchy(chunked: Chunked, kbDir: string, fileName: string): Hierarchy {
  const root = emptyNode();
  let folder = root;
  for (const segment of kbDir.split("/").filter((part) => part !== "")) {
    const next = emptyNode();
    folder[segment] = next;
    folder = next;
  }
  folder[fileName] = sectionHierarchy(chunked);
  const files = (names: readonly string[]) => {
    const node = emptyNode();
    for (const name of names) node[name.slice(name.indexOf("/") + 1)] = emptyNode();
    return node;
  };
  root["images"] = { ...root["images"], ...files(chunked.objects.images.map((image) => image.file)) };
  root["tables"] = { ...root["tables"], ...files(chunked.objects.tables.map((table) => table.file)) };
  return root;
}

/** Equal titles side by side are numbered from the second on. */
function addChild({ node: parent, used }: OpenSection, title: string): Hierarchy {
  let key = title;
  let number = used.get(title) ?? 1;
  while (key in parent) key = `${title} (${++number})`;
  used.set(title, number);
  const node = emptyNode();
  parent[key] = node;
  return node;
}

/** Without a prototype: "constructor" and "__proto__" are titles like any other. */
function emptyNode(): Hierarchy {
  return Object.create(null) as Hierarchy;
}
