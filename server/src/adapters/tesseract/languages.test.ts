import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { addLanguage, type FetchPackage, removeLanguage } from "./language-packages.ts";
import { gatherLanguages, listLanguages, readLanguage } from "./languages.ts";

let folder: string;
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), "knowhere-languages-")), "languages");
});
afterEach(() => rm(join(folder, ".."), { recursive: true }));

/** A registry that has German. */
const registry: FetchPackage = async (name, target) => {
  if (name !== "@tesseract.js-data/deu") throw new Error("npm error code E404\nnpm error 404 Not Found");
  const inside = join(target, "node_modules", name, "4.0.0_best_int");
  await mkdir(inside, { recursive: true });
  await writeFile(join(inside, "deu.traineddata.gz"), gzipSync("German data"));
};

describe("language data", () => {
  it("knows the packaged languages when nothing was added, and reads them unpacked", async () => {
    expect(await listLanguages(folder)).toEqual(["eng", "osd"]);
    expect((await readLanguage("eng", folder)).length).toBeGreaterThan(1_000_000);
  });

  it("lists an added language, reads it and gathers it for the engines", async () => {
    await addLanguage("deu", folder, registry);
    expect(await listLanguages(folder)).toEqual(["deu", "eng", "osd"]);
    const target = join(folder, "unpacked");
    await gatherLanguages(["deu"], folder, null, target);
    expect(await readFile(join(target, "deu.traineddata"), "utf8")).toBe("German data");
    expect(await readdir(target)).toEqual(["deu.traineddata"]);
  });

  it("names the command for a language that is missing, and takes no path", async () => {
    await expect(readLanguage("fra", folder)).rejects.toMatchObject({
      problem: "OCR_LANGUAGE_MISSING",
      message: "No OCR data for language 'fra'. Install it with: knowhere languages add fra",
    });
    await expect(readLanguage("../fra", folder)).rejects.toMatchObject({ problem: "OCR_LANGUAGE_MISSING" });
  });
});

describe("adding and removing languages", () => {
  it("replaces a language that was added before, also where engines unpacked it", async () => {
    await addLanguage("deu", folder, registry);
    await gatherLanguages(["deu"], folder, null, join(folder, "unpacked"));
    await addLanguage("deu", folder, registry);
    expect(await readdir(folder)).toEqual(["deu.traineddata", "unpacked"]);
    expect(await readdir(join(folder, "unpacked"))).toEqual([]);
  });

  it("forgets a removed language, and keeps those that come with the program", async () => {
    await addLanguage("deu", folder, registry);
    await removeLanguage("deu", folder);
    expect(await listLanguages(folder)).toEqual(["eng", "osd"]);
    await expect(removeLanguage("eng", folder)).rejects.toThrow("comes with Knowhere");
    await expect(removeLanguage("deu", folder)).rejects.toThrow("was not added");
  });

  it.each([
    ["an unknown language", "xyz", registry, "not among the published languages"],
    ["a malformed code", "../x", registry, "is no language code"],
    [
      "no network",
      "deu",
      async () => Promise.reject(new Error("npm error code EAI_AGAIN")),
      "registry cannot be reached",
    ],
    ["no npm", "deu", async () => Promise.reject(new Error("spawn npm ENOENT")), "npm was not found"],
    ["a package without data", "deu", async () => {}, "holds no usable data"],
  ] as [string, string, FetchPackage, string][])(
    "explains %s and leaves nothing behind",
    async (_, code, fetch, message) => {
      await expect(addLanguage(code, folder, fetch)).rejects.toThrow(message);
      expect(await readdir(folder).catch(() => [])).toEqual([]);
    },
  );
});
