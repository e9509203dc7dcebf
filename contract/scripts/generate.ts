/** Writes contract/generated: `npm run generate`. A test compares the files with what this would write. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { generateFiles } from "./files.ts";

const folder = fileURLToPath(new URL("../generated/", import.meta.url));
const files = generateFiles();
mkdirSync(`${folder}schemas`, { recursive: true });
for (const name of readdirSync(`${folder}schemas`))
  if (!(`schemas/${name}` in files)) rmSync(`${folder}schemas/${name}`);
for (const [name, text] of Object.entries(files)) writeFileSync(folder + name, text);
console.log(`wrote ${Object.keys(files).length} files to contract/generated`);
