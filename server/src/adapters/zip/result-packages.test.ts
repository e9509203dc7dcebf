import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { problem } from "@knowhere/contract";
import { describe, expect, it } from "vitest";
import { ZipFile } from "yazl";
import type { Blobs } from "../../ports/blobs.ts";
import { createResultPackages } from "./result-packages.ts";

async function pack(members: Record<string, Buffer>): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [name, bytes] of Object.entries(members)) zip.addBuffer(bytes, name);
  zip.end();
  return buffer(zip.outputStream as Readable);
}

/** A store of one blob that counts what is asked of it. */
function holdBlob(bytes: Buffer) {
  const asked: string[] = [];
  const blobs: Pick<Blobs, "get" | "head"> = {
    head: async () => null,
    async get(key, range = { start: 0, end: bytes.length - 1 }) {
      asked.push(`${range.start}-${range.end}`);
      if (key !== "results/job_1.1.zip") throw problem("NOT_FOUND", { resource: "Blob", id: key });
      const info = { key, bytes: bytes.length, etag: '"e"', contentType: "application/zip", modifiedAt: new Date(0) };
      return { info, body: Readable.from([bytes.subarray(range.start, range.end + 1)]) };
    },
  };
  return { blobs, asked };
}

describe("result packages", () => {
  const image = Buffer.from(Array.from({ length: 400_000 }, (_, i) => ((i * 7919) % 251) ^ (i >> 8)));

  it("read single members, small and large", async () => {
    const { blobs } = holdBlob(await pack({ "full.md": Buffer.from("# Title"), "images/a.png": image }));
    const packages = createResultPackages({ blobs });
    const markdown = await packages.member("results/job_1.1.zip", "full.md");
    expect(markdown).toMatchObject({ name: "full.md", bytes: 7 });
    expect((await buffer(await markdown!.open())).toString()).toBe("# Title");
    const picture = await packages.member("results/job_1.1.zip", "images/a.png");
    expect(await buffer(await picture!.open())).toEqual(image);
    // The same member may be opened again.
    expect((await buffer(await picture!.open())).length).toBe(image.length);
  });

  it("give an ETag that changes only with the bytes", async () => {
    const etagOf = async (text: string) =>
      (
        await createResultPackages(holdBlob(await pack({ "full.md": Buffer.from(text) }))).member(
          "results/job_1.1.zip",
          "full.md",
        )
      )?.etag;
    expect(await etagOf("a")).toBe(await etagOf("a"));
    expect(await etagOf("a")).not.toBe(await etagOf("b"));
    expect(await etagOf("a")).toMatch(/^"[\w-]+"$/);
  });

  it("read the directory once, and nothing for a member that is not there", async () => {
    const { blobs, asked } = holdBlob(await pack({ "full.md": Buffer.from("# Title") }));
    const packages = createResultPackages({ blobs });
    expect(await packages.member("results/job_1.1.zip", "none")).toBeNull();
    const before = asked.length;
    expect(await packages.member("results/job_1.1.zip", "../full.md")).toBeNull();
    expect(asked.length).toBe(before);
  });

  it("say so when the blob is gone, and look again the next time", async () => {
    const { blobs } = holdBlob(await pack({ "full.md": Buffer.from("# Title") }));
    const packages = createResultPackages({ blobs });
    await expect(packages.member("results/gone.zip", "full.md")).rejects.toMatchObject({ problem: "NOT_FOUND" });
    await expect(packages.member("results/gone.zip", "full.md")).rejects.toMatchObject({ problem: "NOT_FOUND" });
  });
});
