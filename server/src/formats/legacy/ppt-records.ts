/**
 * The records of a PowerPoint 97–2003 stream ([MS-PPT] 2.3.1) and the directory that says which of them are current:
 * every save may append new versions of slides and leave the old ones in the stream.
 */

export interface PptRecord {
  readonly type: number;
  readonly instance: number;
  readonly isContainer: boolean;
  /** Where the body starts and ends in the stream. */
  readonly start: number;
  readonly end: number;
}

/** Record types ([MS-PPT] 2.13.24). */
export const recordTypes = {
  document: 1000,
  slide: 1006,
  notes: 1008,
  notesAtom: 1009,
  slidePersist: 1011,
  textHeader: 3999,
  textChars: 4000,
  textBytes: 4008,
  slideListWithText: 4080,
  userEdit: 4085,
  currentUser: 4086,
  persistDirectory: 6002,
} as const;

/** Record versions of 15 mark containers. */
const containerVersion = 0xf;
const maxRecords = 500_000;
const maxDepth = 40;
/** Saves of one file that are followed, and objects they may name. */
const maxEdits = 1000;
const maxPersisted = 100_000;

export class PptStream {
  readonly view: DataView;
  #records = 0;

  constructor(readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** The record at an offset; undefined where none can be. */
  recordAt(offset: number, limit = this.bytes.length): PptRecord | undefined {
    if (offset < 0 || offset + 8 > limit || this.#records >= maxRecords) return undefined;
    this.#records++;
    const head = this.view.getUint16(offset, true);
    const start = offset + 8;
    return {
      type: this.view.getUint16(offset + 2, true),
      instance: head >> 4,
      isContainer: (head & 0xf) === containerVersion,
      start,
      end: Math.min(limit, start + this.view.getUint32(offset + 4, true)),
    };
  }

  /** A number of the body; 0 behind its end. */
  uint32(record: PptRecord, at: number): number {
    return record.start + at + 4 <= record.end ? this.view.getUint32(record.start + at, true) : 0;
  }

  /** Visits the records between two offsets in order; `enter` says whether to go into a container. */
  walk(from: number, to: number, enter: (record: PptRecord) => boolean, depth = 0): void {
    for (let at = from; ; ) {
      const record = this.recordAt(at, to);
      if (!record) return;
      at = record.end;
      if (enter(record) && record.isContainer && depth < maxDepth)
        this.walk(record.start, record.end, enter, depth + 1);
    }
  }

  /** The text of a text atom; undefined for other records. */
  textOf(record: PptRecord): string | undefined {
    const piece = this.bytes.subarray(record.start, record.end);
    if (record.type === recordTypes.textChars) return new TextDecoder("utf-16le").decode(piece);
    if (record.type === recordTypes.textBytes) return Buffer.from(piece).toString("latin1");
    return undefined;
  }
}

/** The current version of every object of the file, by its persist id. */
export interface PersistDirectory {
  readonly document: PptRecord;
  find(id: number): PptRecord | undefined;
}

/**
 * Follows the chain of saves from the newest to the oldest; the newest version of an object wins ([MS-PPT] 2.1.2).
 * Undefined where the chain is broken or leads to no document.
 */
export function readPersistDirectory(
  stream: PptStream,
  currentUser: Uint8Array | undefined,
): PersistDirectory | undefined {
  if (!currentUser) return undefined;
  const user = new PptStream(currentUser);
  const atom = user.recordAt(0);
  if (atom?.type !== recordTypes.currentUser) return undefined;
  const offsets = new Map<number, number>();
  const seen = new Set<number>();
  let documentId: number | undefined;
  for (let at = user.uint32(atom, 8); at > 0 && !seen.has(at) && seen.size < maxEdits; ) {
    seen.add(at);
    const edit = stream.recordAt(at);
    if (edit?.type !== recordTypes.userEdit) break;
    documentId ??= stream.uint32(edit, 16);
    addOffsets(stream, stream.uint32(edit, 12), offsets);
    at = stream.uint32(edit, 8);
  }
  const find = (id: number) => {
    const offset = offsets.get(id);
    return offset === undefined ? undefined : stream.recordAt(offset);
  };
  const document = documentId === undefined ? undefined : find(documentId);
  return document?.type === recordTypes.document ? { document, find } : undefined;
}

/** Entries of ids in a row: a word of first id (20 bits) and count (12 bits), then the offsets ([MS-PPT] 2.3.5). */
function addOffsets(stream: PptStream, at: number, offsets: Map<number, number>): void {
  const directory = stream.recordAt(at);
  if (directory?.type !== recordTypes.persistDirectory) return;
  const words = Math.floor((directory.end - directory.start) / 4);
  for (let word = 0; word < words; ) {
    const entry = stream.uint32(directory, word++ * 4);
    const first = entry & 0xfffff;
    for (let count = entry >>> 20, next = 0; next < count && word < words; next++, word++) {
      const id = first + next;
      if (!offsets.has(id) && offsets.size < maxPersisted) offsets.set(id, stream.uint32(directory, word * 4));
    }
  }
}
