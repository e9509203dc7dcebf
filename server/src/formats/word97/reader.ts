/** Word 97–2003 files ([MS-DOC]) straight into the tree, where no office converter is there to do it. */
import type { Block, Furniture, Page } from "@knowhere/contract";
import { AssetCollector } from "../../document/assets.ts";
import { resolveBookmarkLinks } from "../../document/heading-links.ts";
import { plainBlocks } from "../../document/plain.ts";
import { ParagraphCounter } from "../empty.ts";
import { PageCounter } from "../page-counter.ts";
import type { ReadContext } from "../reader.ts";
import type { FlowShared } from "../rtf/flow.ts";
import { HeadTables } from "../rtf/tables.ts";
import { BookmarkTable } from "./bookmarks.ts";
import { ListTable } from "./list-table.ts";
import { NoteTable } from "./notes.ts";
import { codes, modifiersOf, PropertyPages } from "./properties.ts";
import type { WordSession } from "./session.ts";
import { StyleFacts } from "./style-facts.ts";
import { readFonts, readStyles, type WordStyle } from "./style-table.ts";
import { readRange } from "./text-reader.ts";
import { openWordFile, positionsOf, tableParts, type WordFile } from "./word-file.ts";

export interface WordDocument {
  readonly content: Block[];
  readonly pages: Page[];
  readonly title: string | undefined;
  readonly assets: AssetCollector;
  readonly hiddenCharacters: number;
  readonly unreadPictures: number;
}

/** Body, notes, text boxes, headers and footers. Throws ENCRYPTED, PARSING_FAILED or LIMIT_EXCEEDED. */
export function readWordDocument(bytes: Uint8Array, context: ReadContext): WordDocument {
  const file = openWordFile(bytes);
  const session = openSession(file, context);
  const body = readRange(session, file.stories.main, true);
  const notes = session.notes.all.flatMap(({ note, range }) => {
    note.content = readRange(session, range, false);
    return note.content.length > 0 ? [note] : [];
  });
  const boxes = readRange(session, file.stories.boxes, false);
  const { headers, footers } = readFurniture(session);
  const content: Block[] = [...headers, ...body, ...notes];
  if (boxes.length > 0) content.push({ type: "group", role: "textbox", content: boxes });
  content.push(...footers);
  resolveBookmarkLinks(content, session.shared.headingOfBookmark);
  const pages = Array.from(
    { length: session.shared.pages.current },
    (_, at): Page => ({ number: at + 1, kind: "page", width: 0, height: 0 }),
  );
  const { assets, hiddenCharacters, unreadPictures } = session;
  return { content, pages, assets, title: session.shared.title, hiddenCharacters, unreadPictures };
}

function openSession(file: WordFile, context: ReadContext): WordSession {
  const styles = readStyles(file.part(tableParts.styles));
  const tables = new HeadTables();
  for (const [number, style] of styles) tables.styles.set(number, { ...style, outlineLevel: outlineLevelOf(style) });
  const listsAt = 154 + tableParts.lists * 8;
  const behindLists = file.main.u32(listsAt) + file.main.u32(listsAt + 4);
  const lists = new ListTable(
    file.part(tableParts.lists),
    file.table.part(behindLists, file.table.length),
    file.part(tableParts.listOverrides),
  );
  for (const [number, levels] of lists.lists) tables.lists.set(number, levels);
  for (const [override, list] of lists.overrides) tables.overrides.set(override, list);
  const shared: FlowShared = {
    tables,
    pages: new PageCounter(context.limits.maxPages, (page) => context.progress(page, page - 1)),
    limits: context.limits,
    paragraphs: new ParagraphCounter(),
    hasMarkers: true,
    counters: new Map(),
    cells: 0,
    title: undefined,
    headingOfBookmark: new Map(),
  };
  return {
    file,
    shared,
    options: context.options,
    signal: context.signal,
    characters: new PropertyPages(file, file.part(tableParts.characterRuns)),
    paragraphs: new PropertyPages(file, file.part(tableParts.paragraphs)),
    lists,
    styles: new StyleFacts(styles),
    fonts: readFonts(file.part(tableParts.fonts)),
    notes: new NoteTable(file),
    bookmarks: new BookmarkTable(file),
    assets: new AssetCollector(),
    unreadPictures: 0,
    hiddenCharacters: 0,
  };
}

function outlineLevelOf(style: WordStyle): number | undefined {
  for (const { code, operand } of modifiersOf(style.paragraphList))
    if (code === codes.outlineLevel) return operand.u8(0);
  return undefined;
}

/** The stories of headers: six for notes, then six for each section, headers and footers for even, odd and first pages. */
function readFurniture(session: WordSession): { headers: Furniture[]; footers: Furniture[] } {
  const { file } = session;
  const { start, end } = file.stories.headers;
  const starts = positionsOf(file.part(tableParts.headers), 0);
  const headers: Furniture[] = [];
  const footers: Furniture[] = [];
  const seen = new Set<string>();
  // No text is read twice, whatever the positions say.
  let read = start;
  for (let index = 6; index + 1 < starts.length && index < 6 + 6 * 1_000; index++) {
    const range = { start: Math.max(read, start + starts[index]!), end: Math.min(end, start + starts[index + 1]!) };
    if (range.start >= range.end) continue;
    read = range.end;
    const content = readRange(session, range, false);
    const role = [2, 3, 5].includes(index % 6) ? "footer" : "header";
    const text = plainBlocks(content).trim();
    if (text === "" || seen.has(`${role} ${text}`)) continue;
    seen.add(`${role} ${text}`);
    (role === "header" ? headers : footers).push({ type: "furniture", role, content, places: [{ page: 1 }] });
  }
  return { headers, footers };
}
