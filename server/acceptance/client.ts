/** A plain client over fetch, as a user would write one: create, upload, poll, download, verify, unzip. */
import { createHash } from "node:crypto";
import { buffer } from "node:stream/consumers";
import { promisify } from "node:util";
import yauzl from "yauzl";
import type { StartedServer } from "./server.ts";

// biome-ignore lint/suspicious/noExplicitAny: answers as they come; the tests say what they must be.
export type Json = Record<string, any>;

export function createClient(server: Pick<StartedServer, "url" | "key">) {
  const call = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const json = body !== undefined && !(body instanceof FormData);
    const response = await fetch(server.url + path, {
      method,
      headers: {
        authorization: `Bearer ${server.key}`,
        ...(json ? { "content-type": "application/json" } : {}),
        ...headers,
      },
      ...(body === undefined ? {} : { body: body instanceof FormData ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const parsed: Json = response.headers.get("content-type")?.includes("json") ? JSON.parse(text) : { text };
    return { status: response.status, headers: response.headers, body: parsed };
  };

  const upload = async (job: Json, bytes: Uint8Array) =>
    fetch(job["upload_url"], { method: "PUT", headers: job["upload_headers"], body: bytes as BodyInit });

  /** Every answer on the way, the last one final. */
  const follow = async (jobId: string): Promise<Json[]> => {
    const seen: Json[] = [];
    for (;;) {
      const { body } = await call("GET", `/v1/jobs/${jobId}?wait=5`);
      seen.push(body);
      if (body["status"] === "done" || body["status"] === "failed") return seen;
    }
  };
  const finish = async (jobId: string) => (await follow(jobId)).at(-1)!;

  const create = async (fileName: string, bytes: Uint8Array, fields: Json = {}) => {
    const created = await call("POST", "/v1/jobs", { source_type: "file", file_name: fileName, ...fields });
    const put = await upload(created.body, bytes);
    return { created, put };
  };
  const parse = async (fileName: string, bytes: Uint8Array, fields: Json = {}) => {
    const { created } = await create(fileName, bytes, fields);
    return finish(created.body["job_id"]);
  };

  /** The members of a done job's package, after the checksum has been verified. */
  const download = async (job: Json): Promise<Map<string, Buffer>> => {
    const bytes = Buffer.from(await (await fetch(job["result_url"])).arrayBuffer());
    const sum = createHash("sha256").update(bytes).digest("hex");
    if (sum !== job["result_checksum"].value) throw new Error(`checksum ${sum} is not ${job["result_checksum"].value}`);
    return unzip(bytes);
  };

  return { call, upload, follow, finish, create, parse, download };
}
export type Client = ReturnType<typeof createClient>;

/** Members in the order of the archive. */
export async function unzip(bytes: Buffer): Promise<Map<string, Buffer>> {
  const zip = await promisify<Buffer, yauzl.Options, yauzl.ZipFile>(yauzl.fromBuffer)(bytes, { lazyEntries: true });
  const members = new Map<string, Buffer>();
  return new Promise((resolve, reject) => {
    zip.on("entry", (entry: yauzl.Entry) => {
      zip.openReadStream(entry, (error, stream) => {
        if (error) return reject(error);
        buffer(stream).then((content) => {
          members.set(entry.fileName, content);
          zip.readEntry();
        }, reject);
      });
    });
    zip.once("end", () => resolve(members));
    zip.once("error", reject);
    zip.readEntry();
  });
}
