import { randomBytes } from "node:crypto";
import { deflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { PictureStreams } from "./picture-streams.ts";

const pixels = randomBytes(64);
const stream = (head: string, body: Uint8Array) => [
  Buffer.from(`${head}\nstream\n`),
  Buffer.from(body),
  Buffer.from("\nendstream\nendobj\n"),
];
const plain = { name: "3 0", extra: "" };

/** A file with a picture of 4 x 2 pixels and a soft mask of the samples given. */
function fileWith({ picture = "/SMask 3 0 R", samples = new Uint8Array(8), mask = plain, predictor = "" } = {}) {
  const packed = deflateSync(samples);
  const head = `/Width 4 /Height 2 /BitsPerComponent 8 /ColorSpace /DeviceGray /Filter /FlateDecode ${predictor}`;
  return Buffer.concat([
    Buffer.from("%PDF-1.7\n"),
    ...stream(`2 0 obj\n<< /Subtype /Image ${picture} >>`, pixels),
    ...stream(`${mask.name} obj\n<< ${head} /Length ${packed.length} ${mask.extra} >>`, packed),
  ]);
}
const maskOf = (source: Uint8Array) => new PictureStreams(source).readMask(pixels, 4, 2);

describe("the mask of a picture", () => {
  it("is none when its dictionary names none", () => {
    expect(maskOf(fileWith({ picture: "" }))).toBe("none");
  });

  it("is none when every sample is opaque", () => {
    expect(maskOf(fileWith({ samples: new Uint8Array(8).fill(255) }))).toBe("none");
  });

  it("comes out as one byte a pixel", () => {
    const samples = Uint8Array.from([0, 1, 2, 3, 4, 5, 6, 255]);
    expect(maskOf(fileWith({ samples }))).toEqual(Buffer.from(samples));
  });

  it("is freed of the PNG predictors", () => {
    // Up repeats the row above, Paeth adds to the nearest neighbour.
    const samples = Uint8Array.from([1, 10, 5, 5, 5, 4, 1, 1, 1, 1]);
    const predictor = "/DecodeParms << /Predictor 15 /Columns 4 >>";
    expect([...(maskOf(fileWith({ samples, predictor })) as Uint8Array)]).toEqual([10, 15, 20, 25, 11, 16, 21, 26]);
  });

  it.each([
    ["a stencil", { picture: "/ImageMask true" }],
    ["a colour key", { picture: "/Mask [1 2]" }],
    ["a name with escapes", { picture: "/#53Mask 3 0 R" }],
    ["a mask that is missing", { mask: { name: "9 0", extra: "" } }],
    ["a matte colour", { mask: { name: "3 0", extra: "/Matte [0 0 0]" } }],
    ["samples that are cut short", { samples: new Uint8Array(3) }],
  ])("is unknown for %s", (_, change) => {
    expect(maskOf(fileWith(change))).toBe("unknown");
  });

  it("is unknown when the bytes are nowhere in the file", () => {
    expect(new PictureStreams(fileWith()).readMask(randomBytes(64), 4, 2)).toBe("unknown");
  });
});
