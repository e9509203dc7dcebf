import { describe, expect, it } from "vitest";
import { AssetCollector } from "./assets.ts";
import { readPictureFacts } from "./picture-facts.ts";

/** The header of a PNG of that size; nothing here decodes pixels. */
function pngHeader(width: number, height: number): Uint8Array {
  const bytes = Buffer.alloc(33);
  bytes.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  bytes.write("IHDR", 12, "latin1");
  bytes.writeUInt32BE(width, 16);
  bytes.writeUInt32BE(height, 20);
  return bytes;
}

describe("AssetCollector", () => {
  it("gives the same asset for the same bytes", () => {
    const assets = new AssetCollector();
    const first = assets.add(pngHeader(3, 4));
    expect(assets.add(pngHeader(3, 4))).toBe(first);
    expect(first).toMatchObject({ id: "image-1", mediaType: "image/png", extension: ".png", width: 3, height: 4 });
    expect(assets.list).toHaveLength(1);
  });

  it("leaves out pictures past its budget and counts them", () => {
    const assets = new AssetCollector(40);
    expect(assets.add(pngHeader(1, 1))).not.toBeNull();
    expect(assets.add(pngHeader(2, 2))).toBeNull();
    expect(assets.droppedCount).toBe(1);
  });

  it("refuses bytes of no known kind unless told what they are", () => {
    const assets = new AssetCollector();
    expect(assets.add(new Uint8Array([1, 2, 3, 4, 5]))).toBeNull();
    expect(
      assets.add(new Uint8Array([1, 2, 3, 4, 5]), { mediaType: "image/x-pict", extension: ".pict" })?.extension,
    ).toBe(".pict");
  });
});

describe("readPictureFacts", () => {
  it("finds the frame header of a JPEG behind other segments", () => {
    const bytes = Uint8Array.from([
      0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xc2, 0, 17, 8, 0, 20, 0, 30, 3, 1, 0, 0, 0,
    ]);
    expect(readPictureFacts(bytes)).toMatchObject({ mediaType: "image/jpeg", width: 30, height: 20 });
  });

  it("does not read past the end of a header that is cut off", () => {
    for (const head of ["\x89PNG", "GIF89a", "BM", "RIFF....WEBPVP8X", "\xff\xd8\xff\xc0"]) {
      expect(() => readPictureFacts(Buffer.from(head, "latin1"))).not.toThrow();
    }
  });
});
