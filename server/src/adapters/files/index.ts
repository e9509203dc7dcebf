/** The folder store: Blobs on a local disk, with URLs that this server signs and answers itself. */
import { join } from "node:path";
import type { BlobDoor } from "../../ports/blob-door.ts";
import type { Blobs } from "../../ports/blobs.ts";
import { type Log, silentLog } from "../../ports/log.ts";
import { createDoor } from "./door.ts";
import { writePermit } from "./signature.ts";
import { openFileStore } from "./store.ts";
import { openUsedUrls } from "./used-urls.ts";

export { loadBlobSecret } from "./secret.ts";

/** Below the server's public base. */
const path = "/blobs";
const maxSigned = 10_000;

/**
 * @param dir Folder of its own; made when absent.
 * @param secret Signs the URLs: `await loadBlobSecret(dataDir)`.
 */
export async function createFileBlobs({
  dir,
  secret,
  log = silentLog,
  now = Date.now,
}: {
  dir: string;
  secret: Uint8Array;
  log?: Log;
  /** Milliseconds since 1970; decides when a URL has expired. */
  now?: () => number;
}): Promise<Blobs & { door: BlobDoor }> {
  const store = await openFileStore(dir);
  const used = await openUsedUrls(join(dir, "used"), now);
  /** URLs are signed to the second, so within one second the same one serves: polls ask for theirs far more often. */
  const signed = new Map<string, { url: string; expiresAt: Date }>();
  let signedAtS = 0;
  const sign = (
    baseUrl: string,
    expiresInS: number,
    permit: Omit<Parameters<typeof writePermit>[2], "expires">,
  ): { url: string; expiresAt: Date } => {
    const nowS = Math.floor(now() / 1000);
    if (nowS !== signedAtS || signed.size >= maxSigned) signed.clear();
    signedAtS = nowS;
    const id = `${baseUrl} ${expiresInS} ${Object.values(permit).join(" ")}`;
    const known = signed.get(id);
    if (known) return known;
    const expires = nowS + expiresInS;
    const fresh = {
      url: baseUrl + writePermit(secret, path, { ...permit, expires }),
      expiresAt: new Date(expires * 1000),
    };
    signed.set(id, fresh);
    return fresh;
  };
  return {
    put: store.put,
    get: store.get,
    head: store.head,
    delete: store.delete,
    list: store.list,
    download: store.download,
    async presignPut(key, { contentType, maxBytes, expiresInS, baseUrl }) {
      return sign(baseUrl, expiresInS, { method: "PUT", key, contentType, maxBytes });
    },
    async presignGet(key, { fileName, contentType, expiresInS, baseUrl }) {
      return sign(baseUrl, expiresInS, { method: "GET", key, contentType, fileName });
    },
    door: createDoor({ secret, store, used, path, log, now }),
  };
}
