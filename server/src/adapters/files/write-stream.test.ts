import { execFileSync } from "node:child_process";
import { mkdtemp, open, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { setImmediate as nextTurn } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { writeStream } from "./write-stream.ts";

describe("a stream written into a file", () => {
  let path: string;
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "knowhere-write-"));
    path = join(dir, "file");
  });
  afterEach(() => rm(dir, { recursive: true }));

  it("arrives whole, and a file that must be new is not written over", async () => {
    await writeStream([Readable.from(["one", "two"])], path, { flags: "wx" });
    await expect(writeStream([Readable.from(["three"])], path, { flags: "wx" })).rejects.toMatchObject({
      code: "EEXIST",
    });
    expect(await readFile(path, "utf8")).toBe("onetwo");
  });

  it.each(["before", "while"])(
    "is not told as broken, when its source breaks %s the file is opened, until the file is closed",
    async (moment) => {
      // A pipe is open for writing once somebody reads it: opening takes as long as the test wants.
      execFileSync("mkfifo", [path]);
      const body = new PassThrough();
      const written = writeStream([body], path);
      let told = false;
      const ended = written.catch((error: Error) => {
        told = true;
        return error.message;
      });
      if (moment === "while") for (let turn = 0; turn < 5; turn++) await nextTurn();
      body.destroy(new Error("the client left"));
      for (let turn = 0; turn < 50; turn++) await nextTurn();
      const toldBeforeOpen = told;
      const reader = await open(path, "r");
      expect(await ended).toBe("the client left");
      await reader.close();
      expect(toldBeforeOpen).toBe(false);
    },
  );
});
