import { readFileSync } from "node:fs";
import { buildOpenApi, operations, publishSchemas } from "../src/index.ts";

/** What `npm run generate` writes, by path below contract/generated. */
export function generateFiles(): Record<string, string> {
  const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
    version: string;
  };
  const files: Record<string, string> = { "openapi.json": print(buildOpenApi(operations, { version })) };
  for (const [name, schema] of Object.entries(publishSchemas())) files[`schemas/${name}`] = print(schema);
  return files;
}

const print = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
