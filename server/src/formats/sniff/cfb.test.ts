import { describe, expect, it } from "vitest";
import { compoundOf } from "../../testing/fuzz/compound-files.ts";
import { hasSoundStreams } from "./cfb.ts";

const file = () => compoundOf({ "/small": Buffer.alloc(300, 1), "/large": Buffer.alloc(9000, 2) });
/** Where the directory entry of a stream begins: with its name. */
const entryOf = (bytes: Uint8Array, name: string) => Buffer.from(bytes).indexOf(Buffer.from(`${name}\0`, "utf16le"));
const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

describe("streams of a compound file", () => {
  it("are sound as they were written", () => {
    expect(hasSoundStreams(file())).toBe(true);
  });

  it.each(["small", "large"])("are not when %s claims more than the file has", (name) => {
    const bytes = file();
    viewOf(bytes).setUint32(entryOf(bytes, name) + 120, 0x7fffffff, true);
    expect(hasSoundStreams(bytes)).toBe(false);
  });

  it("are not when the chain of a small one leads back into itself", () => {
    const bytes = file();
    const view = viewOf(bytes);
    const miniTable = (view.getUint32(60, true) + 1) * 512;
    const start = view.getUint32(entryOf(bytes, "small") + 116, true);
    view.setUint32(miniTable + 4 * (start + 1), start, true);
    expect(hasSoundStreams(bytes)).toBe(false);
  });
});
