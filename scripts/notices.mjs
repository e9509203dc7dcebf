// Writes THIRD-PARTY-NOTICES.md from the lock file: every package that a production install brings, with its licence.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./setup.mjs";

/** Packages whose manifest names no licence, with what their own files say. */
const stated = { format: "MIT" };

/** Rows of the production packages in the lock file, sorted by name. */
export function listProductionPackages() {
  const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
  const rows = Object.entries(lock.packages)
    .filter(([path, entry]) => path.startsWith("node_modules/") && !entry.dev && !entry.devOptional && !entry.link)
    .map(([path, entry]) => ({
      name: path.slice(path.lastIndexOf("node_modules/") + 13),
      version: entry.version,
      licence: entry.license ?? stated[path.slice(path.lastIndexOf("node_modules/") + 13)] ?? "unknown",
    }));
  return [...new Map(rows.map((row) => [`${row.name}@${row.version}`, row])).values()].sort((a, b) =>
    a.name.localeCompare(b.name, "en"),
  );
}

export function renderNotices() {
  const rows = listProductionPackages().map(({ name, version, licence }) => `| ${name} | ${version} | ${licence} |`);
  return `# Third-party notices

Knowhere is under the Apache License 2.0. A production install brings these packages, each under its own licence (its full text is in its folder under \`node_modules\`). The libvips binaries that \`sharp\` brings are under the LGPL and linked dynamically. The PostgreSQL binaries are under the PostgreSQL License.

| package | version | licence |
|---|---|---|
${rows.join("\n")}
`;
}

if (process.argv[1] === import.meta.filename) writeFileSync(join(root, "THIRD-PARTY-NOTICES.md"), renderNotices());
