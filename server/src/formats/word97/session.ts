/** What the parts of the Word 97–2003 reader share while they read one file. */

import type { AssetCollector } from "../../document/assets.ts";
import type { ReadOptions } from "../reader.ts";
import type { FlowShared } from "../rtf/flow.ts";
import type { BookmarkTable } from "./bookmarks.ts";
import type { ListTable } from "./list-table.ts";
import type { NoteTable } from "./notes.ts";
import type { PropertyPages } from "./properties.ts";
import type { StyleFacts } from "./style-facts.ts";
import type { WordFile } from "./word-file.ts";

export interface WordSession {
  readonly file: WordFile;
  readonly shared: FlowShared;
  readonly options: ReadOptions;
  readonly signal: AbortSignal;
  readonly characters: PropertyPages;
  readonly paragraphs: PropertyPages;
  readonly lists: ListTable;
  readonly fonts: readonly string[];
  readonly notes: NoteTable;
  readonly bookmarks: BookmarkTable;
  readonly assets: AssetCollector;
  unreadPictures: number;
  readonly styles: StyleFacts;
  hiddenCharacters: number;
}
