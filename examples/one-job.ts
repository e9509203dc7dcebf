/** One job with the SDK. Usage: node --conditions=source --import tsx examples/one-job.ts FILE */
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { Knowhere } from "@knowhere/sdk";

const path = process.argv[2];
if (path === undefined) throw new Error("Usage: one-job.ts FILE");

// The address and the key come from KNOWHERE_BASE_URL and KNOWHERE_API_KEY.
const knowhere = new Knowhere();
const result = await knowhere.parse({ file: await readFile(path), fileName: basename(path) });
for (const chunk of result.chunks) console.log(chunk.type, chunk.path, chunk.metadata.page_nums);
