/** Pictures that stand in a line of a Word 97–2003 file ([MS-DOC] 2.9.192, [MS-ODRAW] 2.2.23–2.2.32). */
import type { Bytes } from "./bytes.ts";

const namedPicture = 0x66;
const storeEntry = 0xf007;
/** JPEG, PNG and TIFF; metafiles and bitmaps without a head are not shown by anything that reads Markdown. */
const bitmapKinds: ReadonlySet<number> = new Set([0xf01d, 0xf01e, 0xf029, 0xf02a]);
const maxRecords = 1_000;

/** The bytes of the picture at an offset of the data stream; undefined when there is none of a kind that can be shown. */
export function pictureAt(data: Bytes, offset: number): Uint8Array | undefined {
  const end = Math.min(data.length, offset + data.u32(offset));
  let at = offset + data.u16(offset + 4);
  if (data.u16(offset + 6) === namedPicture) at += 1 + data.u8(at);
  for (let count = 0; count < maxRecords && at + 8 <= end; count++) {
    const head = data.u16(at);
    const kind = data.u16(at + 2);
    const length = data.u32(at + 4);
    at += 8;
    if (bitmapKinds.has(kind)) {
      // One identifier of 16 bytes, or two where the instance is odd, and a tag.
      const skipped = ((head >> 4) & 1) === 1 ? 33 : 17;
      return length > skipped ? data.part(at + skipped, Math.min(length, end - at) - skipped).raw : undefined;
    }
    if (kind === storeEntry) at += 36 + data.u8(at + 33);
    // Containers are walked into, everything else is passed over.
    else if ((head & 0xf) !== 0xf) at += length;
  }
  return undefined;
}
