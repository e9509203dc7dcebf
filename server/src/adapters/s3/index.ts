/**
 * Blobs in a bucket of AWS S3 or a compatible server. Clients upload to and download from the bucket itself, by
 * presigned URLs. The SDK is loaded on the first call of `createS3Blobs`, so that starts without S3 do not pay for it.
 */
import { Readable } from "node:stream";
import type { GetObjectCommand, GetObjectCommandOutput, PutObjectCommand, S3ClientConfig } from "@aws-sdk/client-s3";
import { problem } from "@knowhere/contract";
import type { Blobs } from "../../ports/blobs.ts";
import { nameAttachment } from "../files/attachment.ts";
import { writeStream } from "../files/write-stream.ts";
import { asProblem, isAbsent, statusOf } from "./faults.ts";
import { createUploader } from "./upload.ts";

export interface S3Settings {
  bucket: string;
  /** Undefined: AWS. */
  endpoint: string | undefined;
  region: string;
  /** Undefined: the SDK's own chain (environment, instance role). */
  accessKeyId: string | undefined;
  secretAccessKey: string | undefined;
  forcePathStyle: boolean;
}

/** AWS signs for a week at most. */
const longestSignatureS = 7 * 24 * 3600;
const defaultSocketTimeoutMs = 60_000;
const maxAttempts = 4;

/**
 * @param partBytes From this size on an upload goes up in parts; S3 wants 5 MiB at least.
 * @param socketTimeoutMs A connection on which nothing moves for so long is given up.
 * @throws Problem UNAVAILABLE from every method when the storage does not answer.
 */
export async function createS3Blobs(
  { bucket, endpoint, region, accessKeyId, secretAccessKey, forcePathStyle }: S3Settings,
  {
    partBytes = 8 * 1024 * 1024,
    socketTimeoutMs = defaultSocketTimeoutMs,
  }: { partBytes?: number; socketTimeoutMs?: number } = {},
): Promise<Blobs & { close(): void }> {
  const [s3, { getSignedUrl }] = await Promise.all([
    import("@aws-sdk/client-s3"),
    import("@aws-sdk/s3-request-presigner"),
  ]);
  const settings: S3ClientConfig = {
    region,
    forcePathStyle,
    maxAttempts,
    requestHandler: { connectionTimeout: 5000, socketTimeout: socketTimeoutMs },
    // The newer checksums are unknown to many compatible servers.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    ...(endpoint ? { endpoint } : {}),
    ...(accessKeyId && secretAccessKey ? { credentials: { accessKeyId, secretAccessKey } } : {}),
  };
  const client = new s3.S3Client(settings);
  const at = (key: string) => ({ Bucket: bucket, Key: key });
  const sign = async (command: PutObjectCommand | GetObjectCommand, expiresInS: number, headers: string[]) => {
    const signingDate = new Date(Math.floor(Date.now() / 1000) * 1000);
    const expiresIn = Math.min(expiresInS, longestSignatureS);
    const url = await getSignedUrl(client, command, { expiresIn, signingDate, signableHeaders: new Set(headers) });
    return { url, expiresAt: new Date(signingDate.getTime() + expiresIn * 1000) };
  };

  const blobs: Blobs = {
    put: createUploader({ s3, client, bucket, partBytes, exists: async (key) => (await blobs.head(key)) !== null }),

    async get(key, range) {
      let answer: GetObjectCommandOutput;
      try {
        const Range = range && `bytes=${range.start}-${Number.isFinite(range.end) ? range.end : ""}`;
        answer = await client.send(new s3.GetObjectCommand({ ...at(key), ...(Range ? { Range } : {}) }));
      } catch (error) {
        const info = statusOf(error) === 416 ? await blobs.head(key) : null;
        if (info) return { info, body: Readable.from([]) };
        if (isAbsent(error) || statusOf(error) === 416)
          throw problem("NOT_FOUND", { resource: "Blob", id: key }, { cause: error });
        throw asProblem(error);
      }
      const whole = /\/(\d+)$/.exec(answer.ContentRange ?? "")?.[1];
      return { info: describe(key, answer, Number(whole ?? answer.ContentLength)), body: answer.Body as Readable };
    },

    async head(key) {
      try {
        const answer = await client.send(new s3.HeadObjectCommand(at(key)));
        return describe(key, answer, answer.ContentLength!);
      } catch (error) {
        if (isAbsent(error)) return null;
        throw asProblem(error);
      }
    },

    async delete(key) {
      await client.send(new s3.DeleteObjectCommand(at(key))).catch((error) => {
        if (!isAbsent(error)) throw asProblem(error);
      });
    },

    async *list(prefix) {
      try {
        for await (const { Contents = [] } of s3.paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix }))
          for (const { Key, Size, ETag, LastModified } of Contents)
            yield { key: Key!, bytes: Size!, etag: ETag!, modifiedAt: LastModified! };
      } catch (error) {
        throw asProblem(error);
      }
    },

    presignPut: (key, { contentType, expiresInS }) =>
      sign(new s3.PutObjectCommand({ ...at(key), ContentType: contentType }), expiresInS, ["host", "content-type"]),

    presignGet: (key, { fileName, contentType, expiresInS }) =>
      sign(
        new s3.GetObjectCommand({
          ...at(key),
          ResponseContentType: contentType,
          ResponseContentDisposition: nameAttachment(fileName),
        }),
        expiresInS,
        ["host"],
      ),

    async download(key, path, signal) {
      const { body } = await blobs.get(key);
      await writeStream([body], path, { signal }).catch((error) => {
        throw signal?.aborted ? error : asProblem(error);
      });
    },
  };
  return Object.assign(blobs, { close: () => client.destroy() });
}

function describe(
  key: string,
  { ETag, ContentType, LastModified }: { ETag?: string; ContentType?: string; LastModified?: Date },
  bytes: number,
) {
  return {
    key,
    bytes,
    etag: ETag!,
    contentType: ContentType ?? "application/octet-stream",
    modifiedAt: LastModified ?? new Date(0),
  };
}
