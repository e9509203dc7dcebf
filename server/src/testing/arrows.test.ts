import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

/**
 * Which room may import which. "types" allows `import type` only. Every room may import the contract and itself;
 * tests may import anything, `testing/` is never shipped.
 */
const arrows: Record<string, { may: string[]; types?: string[] }> = {
  document: { may: [] },
  ports: { may: [] },
  layout: { may: ["document"] },
  enrich: { may: ["document"] },
  formats: { may: ["document", "layout"], types: ["ports"] },
  outputs: { may: ["document", "enrich"] },
  pipeline: { may: ["formats", "layout", "outputs", "enrich", "document", "version"], types: ["ports", "jobs"] },
  jobs: { may: ["ports"] },
  webhooks: { may: ["ports"], types: ["jobs"] },
  retrieval: { may: ["ports"] },
  adapters: { may: ["ports"], types: ["jobs"] },
  http: { may: ["jobs", "retrieval", "webhooks", "ports", "version"] },
  version: { may: [] },
  config: { may: [] },
  app: {
    may: [
      "adapters",
      "config",
      "document",
      "enrich",
      "formats",
      "http",
      "jobs",
      "layout",
      "outputs",
      "pipeline",
      "ports",
      "retrieval",
      "version",
      "webhooks",
      "bootstrap",
      "installation",
      "parsers",
    ],
  },
  cli: { may: ["app", "config", "version"], types: ["ports", "jobs"] },
  bootstrap: { may: ["ports"], types: ["config"] },
  parsers: { may: ["formats", "jobs", "outputs", "pipeline"], types: ["config"] },
  installation: { may: ["adapters", "pipeline", "ports", "version"], types: ["config"] },
  "parse-child": { may: ["adapters", "pipeline"], types: ["ports"] },
  main: { may: ["cli", "config"] },
};

const source = dirname(dirname(fileURLToPath(import.meta.url)));
const importLine = /^\s*(import|export)\s+(type\s+)?(?:[^"';]*?\sfrom\s+)?["'](\.[^"']+)["']/gm;
const lazyImport = /\bimport\(\s*["'](\.[^"']+)["']\s*\)/g;

const roomOf = (file: string) => relative(source, file).split(/[\\/]/)[0]!.replace(/\.ts$/, "");

function importsOf(file: string): { target: string; typeOnly: boolean }[] {
  const text = readFileSync(file, "utf8");
  const eager = [...text.matchAll(importLine)].map((match) => ({
    target: match[3]!,
    typeOnly: match[2] !== undefined,
  }));
  const lazy = [...text.matchAll(lazyImport)].map((match) => ({ target: match[1]!, typeOnly: false }));
  return [...eager, ...lazy]
    .filter(({ target }) => !target.endsWith("/package.json"))
    .map(({ target, typeOnly }) => ({ target: resolve(dirname(file), target), typeOnly }));
}

const shipped = (readdirSync(source, { recursive: true }) as string[])
  .map((name) => join(source, name))
  .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts") && roomOf(file) !== "testing");

describe("the arrows between rooms", () => {
  it("knows every room", () => {
    expect([...new Set(shipped.map(roomOf))].filter((room) => !(room in arrows))).toEqual([]);
  });

  it.each(Object.keys(arrows))("%s imports only what its row allows", (room) => {
    const { may, types = [] } = arrows[room]!;
    const wrong = shipped
      .filter((file) => roomOf(file) === room)
      .flatMap((file) =>
        importsOf(file).map(({ target, typeOnly }) => ({ file: relative(source, file), to: roomOf(target), typeOnly })),
      )
      .filter(({ to, typeOnly }) => to !== room && !may.includes(to) && !(typeOnly && types.includes(to)))
      .map(({ file, to }) => `${file} -> ${to}`);
    expect(wrong).toEqual([]);
  });

  it("lets only config.ts read the environment", () => {
    const readers = shipped
      .filter((file) => /process\.env\b/.test(readFileSync(file, "utf8")))
      .map((file) => relative(source, file));
    // These two pass PATH and the locale on to their children and read no setting.
    expect(
      readers.filter(
        (file) => !["config.ts", "pipeline/sandbox.ts", "adapters/postgres/embedded/processes.ts"].includes(file),
      ),
    ).toEqual([]);
  });

  it("lets only main.ts and the parse child end the process", () => {
    const enders = shipped
      .filter((file) => /process\.exit\(/.test(readFileSync(file, "utf8")))
      .map((file) => relative(source, file));
    expect(enders.filter((file) => !["main.ts", "parse-child.ts"].includes(file))).toEqual([]);
  });
});
