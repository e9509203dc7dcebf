/**
 * The text of a PowerPoint 97–2003 file. The stream is a tree of records ([MS-PPT] 2.3.1); the outline text of the slides
 * stands in the SlideListWithText of the document, the text of free shapes in the slides' own drawings.
 */
import { type Block, type Page, problem } from "@knowhere/contract";
import CFB from "cfb";

/** Record types ([MS-PPT] 2.13.24). */
const recordTypes = {
  document: 1000,
  slide: 1006,
  notes: 1008,
  slidePersist: 1011,
  mainMaster: 1016,
  textHeader: 3999,
  textChars: 4000,
  textBytes: 4008,
  slideListWithText: 4080,
} as const;
/** Record versions of 15 mark containers. */
const containerVersion = 0xf;
const maxRecords = 500_000;
const maxDepth = 40;
/** TextHeaderAtom kinds that are titles (2.13.33): title and centred title. */
const titleKinds: ReadonlySet<number> = new Set([0, 6]);

interface Slide {
  texts: { kind: number; text: string }[];
  notes: string[];
}

/** Slides in order, a heading and paragraphs each. Throws PARSING_FAILED or ENCRYPTED. */
export function readPresentationText(bytes: Uint8Array): { content: Block[]; pages: Page[] } {
  const stream = readStream(bytes);
  const slides = collectSlides(stream);
  const content: Block[] = [];
  const pages: Page[] = [];
  for (const [index, slide] of slides.entries()) {
    const page = index + 1;
    pages.push({ number: page, kind: "slide", width: 0, height: 0 });
    for (const block of slideBlocks(slide)) content.push({ ...block, places: [{ page }] });
  }
  return { content, pages };
}

function readStream(bytes: Uint8Array): Uint8Array {
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
  const entry = CFB.find(container, "PowerPoint Document");
  if (!entry?.content)
    throw problem("PARSING_FAILED", { message: "Unable to parse document: it holds no presentation." });
  return Uint8Array.from(entry.content);
}

/** Walks the records; text belongs to the slide whose persist record or container came last. */
function collectSlides(stream: Uint8Array): Slide[] {
  const view = new DataView(stream.buffer, stream.byteOffset, stream.byteLength);
  const outline: Slide[] = [];
  const drawn: Slide[] = [];
  let current: Slide | undefined;
  let kind = 4;
  let records = 0;
  const walk = (from: number, to: number, depth: number): void => {
    let at = from;
    while (at + 8 <= to && records++ < maxRecords) {
      const versionAndInstance = view.getUint16(at, true);
      const type = view.getUint16(at + 2, true);
      const length = view.getUint32(at + 4, true);
      const start = at + 8;
      const end = Math.min(to, start + length);
      at = end;
      if (type === recordTypes.mainMaster || type === recordTypes.notes) continue;
      if (type === recordTypes.slideListWithText) {
        // Instance 0 lists the slides, 1 the masters, 2 the notes (2.4.14.3).
        if (versionAndInstance >> 4 === 0) walk(start, end, depth + 1);
        continue;
      }
      if (type === recordTypes.slidePersist) outline.push((current = { texts: [], notes: [] }));
      else if (type === recordTypes.slide) drawn.push((current = { texts: [], notes: [] }));
      else if (type === recordTypes.textHeader && length >= 4) kind = view.getUint32(start, true);
      else if (type === recordTypes.textChars || type === recordTypes.textBytes) {
        const piece = stream.subarray(start, end);
        const text =
          type === recordTypes.textChars
            ? new TextDecoder("utf-16le").decode(piece)
            : Buffer.from(piece).toString("latin1");
        current?.texts.push({ kind, text });
      }
      if ((versionAndInstance & 0xf) === containerVersion && depth < maxDepth) walk(start, end, depth + 1);
    }
  };
  walk(0, stream.length, 0);
  // Later saves append whole new slides; only as many as the list names are shown, the last versions of them.
  if (outline.length === 0) return drawn;
  const extra = drawn.slice(-outline.length);
  return outline.map((slide, index) => {
    const known = new Set(slide.texts.map((part) => part.text));
    const free = (extra[index]?.texts ?? []).filter((part) => !known.has(part.text));
    return { ...slide, texts: [...slide.texts, ...free] };
  });
}

function slideBlocks(slide: Slide): Block[] {
  const blocks: Block[] = [];
  for (const { kind, text } of slide.texts) {
    const isTitle = titleKinds.has(kind) && !blocks.some((block) => block.type === "heading");
    const lines = text.replace(/\u000b/g, isTitle ? " " : "\r").split(/[\r\n]/);
    if (isTitle) {
      const title = clean(lines.join(" "));
      if (title) blocks.unshift({ type: "heading", level: 1, content: [{ type: "text", text: title }] });
      continue;
    }
    for (const line of lines) {
      const shown = clean(line);
      // "*" alone stands for the date, footer or number field of a placeholder.
      if (shown && shown !== "*") blocks.push({ type: "paragraph", content: [{ type: "text", text: shown }] });
    }
  }
  return blocks;
}

function clean(text: string): string {
  return text
    .replace(/[\u0000-\u001f]/g, " ")
    .replace(/\s+/g, " ")
    .trim()
    .normalize("NFC");
}
