/**
 * The text of a PowerPoint 97–2003 file. The outline text of the slides stands
 * in the SlideListWithText of the document, the text of free shapes in the slides' own drawings.
 */
import { type Block, type Inline, type Page, problem } from "@knowhere/contract";
import CFB from "cfb";
import { type PersistDirectory, type PptRecord, PptStream, readPersistDirectory, recordTypes } from "./ppt-records.ts";

/** TextHeaderAtom kinds that are titles (2.13.33): title and centred title. */
const titleKinds: ReadonlySet<number> = new Set([0, 6]);
const notesKind = 2;
const otherKind = 4;

interface TextPart {
  readonly kind: number;
  readonly text: string;
}
interface Slide {
  readonly texts: readonly TextPart[];
  readonly notes: readonly TextPart[];
}

/** Slides in order, a heading and paragraphs each, then their speaker notes. Throws PARSING_FAILED or ENCRYPTED. */
export function readPresentationText(bytes: Uint8Array): { content: Block[]; pages: Page[] } {
  const { stream, currentUser } = openStreams(bytes);
  const directory = readPersistDirectory(stream, currentUser);
  const slides = directory ? currentSlides(stream, directory) : scannedSlides(stream);
  const content: Block[] = [];
  const pages: Page[] = [];
  for (const [index, slide] of slides.entries()) {
    const page = index + 1;
    pages.push({ number: page, kind: "slide", width: 0, height: 0 });
    const notes = paragraphsOf(slide.notes);
    const blocks = slideBlocks(slide.texts);
    if (notes.length > 0) blocks.push({ type: "group", role: "speaker_notes", content: notes });
    for (const block of blocks) content.push({ ...block, places: [{ page }] });
  }
  return { content, pages };
}

function openStreams(bytes: Uint8Array): { stream: PptStream; currentUser: Uint8Array | undefined } {
  let container: CFB.CFB$Container;
  try {
    container = CFB.read(Buffer.from(bytes), { type: "buffer" });
  } catch (cause) {
    throw problem(
      "PARSING_FAILED",
      { message: "Unable to parse document: its OLE container is damaged. Save it as .pptx and upload it again." },
      { cause },
    );
  }
  if (CFB.find(container, "EncryptedSummary")) throw problem("ENCRYPTED");
  const contentOf = (name: string) => {
    const content = CFB.find(container, name)?.content;
    return content && content.length > 0 ? Uint8Array.from(content) : undefined;
  };
  const stream = contentOf("PowerPoint Document");
  if (!stream) throw problem("PARSING_FAILED", { message: "Unable to parse document: it holds no presentation." });
  return { stream: new PptStream(stream), currentUser: contentOf("Current User") };
}

/** The slides that the document lists now, in its order, with the notes that name them. */
function currentSlides(stream: PptStream, directory: PersistDirectory): Slide[] {
  const listed: { id: number; slideId: number; texts: TextPart[] }[] = [];
  const noted = new Map<number, TextPart[]>();
  for (const list of childrenOf(stream, directory.document)) {
    if (list.type !== recordTypes.slideListWithText) continue;
    // Instance 0 lists the slides, 1 the masters, 2 the notes (2.4.14.3).
    const entries = list.instance === 1 ? [] : entriesOf(stream, list);
    if (list.instance === 0) listed.push(...entries);
    else for (const { id } of entries) addNotes(stream, directory.find(id), noted);
  }
  return listed.map(({ id, slideId, texts }) => {
    const drawn = directory.find(id);
    const free = drawn?.type === recordTypes.slide ? textsBelow(stream, drawn) : [];
    return { texts: joinTexts(texts, free), notes: noted.get(slideId) ?? [] };
  });
}

/** The persist records of a list with the outline text behind each. */
function entriesOf(stream: PptStream, list: PptRecord): { id: number; slideId: number; texts: TextPart[] }[] {
  const entries: { id: number; slideId: number; texts: TextPart[] }[] = [];
  let kind = otherKind;
  for (const record of childrenOf(stream, list)) {
    if (record.type === recordTypes.slidePersist) {
      entries.push({ id: stream.uint32(record, 0), slideId: stream.uint32(record, 12), texts: [] });
    } else if (record.type === recordTypes.textHeader) kind = stream.uint32(record, 0);
    const text = stream.textOf(record);
    if (text !== undefined) entries.at(-1)?.texts.push({ kind, text });
  }
  return entries;
}

function addNotes(stream: PptStream, notes: PptRecord | undefined, noted: Map<number, TextPart[]>): void {
  if (notes?.type !== recordTypes.notes) return;
  const atom = childrenOf(stream, notes).find((record) => record.type === recordTypes.notesAtom);
  const texts = textsBelow(stream, notes).filter((part) => part.kind === notesKind);
  if (atom) noted.set(stream.uint32(atom, 0), texts);
}

function childrenOf(stream: PptStream, parent: PptRecord): PptRecord[] {
  const children: PptRecord[] = [];
  stream.walk(parent.start, parent.end, (record) => {
    children.push(record);
    return false;
  });
  return children;
}

function textsBelow(stream: PptStream, parent: PptRecord): TextPart[] {
  const texts: TextPart[] = [];
  let kind = otherKind;
  stream.walk(parent.start, parent.end, (record) => {
    if (record.type === recordTypes.textHeader) kind = stream.uint32(record, 0);
    const text = stream.textOf(record);
    if (text !== undefined) texts.push({ kind, text });
    return true;
  });
  return texts;
}

/** Text of shapes that is not in the outline already goes behind it. */
function joinTexts(outline: readonly TextPart[], drawn: readonly TextPart[]): TextPart[] {
  const known = new Set(outline.map((part) => part.text));
  return [...outline, ...drawn.filter((part) => !known.has(part.text))];
}

/** Without a directory: the last list of slides in the stream, and as many drawn slides from its end as it names. */
function scannedSlides(stream: PptStream): Slide[] {
  let listed: TextPart[][] = [];
  const drawn: TextPart[][] = [];
  stream.walk(0, stream.bytes.length, (record) => {
    if (record.type === recordTypes.slideListWithText) {
      if (record.instance === 0) listed = entriesOf(stream, record).map(({ texts }) => texts);
      return false;
    }
    if (record.type === recordTypes.slide) drawn.push(textsBelow(stream, record));
    return record.type === recordTypes.document;
  });
  if (listed.length === 0) return drawn.map((texts) => ({ texts, notes: [] }));
  const extra = drawn.slice(-listed.length);
  return listed.map((texts, index) => ({ texts: joinTexts(texts, extra[index] ?? []), notes: [] }));
}

function slideBlocks(texts: readonly TextPart[]): Block[] {
  const title = texts.find(({ kind, text }) => titleKinds.has(kind) && clean(text) !== "");
  const blocks = paragraphsOf(texts.filter((part) => part !== title));
  if (title) {
    const content: Inline[] = [{ type: "text", text: clean(title.text) }];
    blocks.unshift({ type: "heading", level: 1, content });
  }
  return blocks;
}

function paragraphsOf(texts: readonly TextPart[]): Block[] {
  const lines = texts.flatMap(({ text }) => text.split(/[\r\n\v]/)).map(clean);
  // "*" alone stands for the date, footer or number field of a placeholder.
  return lines
    .filter((line) => line !== "" && line !== "*")
    .map((line) => ({ type: "paragraph", content: [{ type: "text", text: line }] }));
}

function clean(text: string): string {
  return text
    .replace(/[\u0000-\u001f]/g, " ")
    .replace(/\s+/g, " ")
    .trim()
    .normalize("NFC");
}
