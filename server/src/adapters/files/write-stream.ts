import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";

type Streams = [NodeJS.ReadableStream, ...NodeJS.ReadWriteStream[]];

/**
 * Streams into a new file. When this rejects, the file is closed: `pipeline` alone may reject while the file is still
 * being opened, and then the file appears after its owner has removed it. `flush` makes the stream fsync the file
 * before it closes it.
 */
export async function writeStream(
  streams: Streams,
  path: string,
  {
    flags = "w",
    flush = false,
    signal,
  }: { flags?: "w" | "wx"; flush?: boolean; signal?: AbortSignal | undefined } = {},
): Promise<void> {
  const file = createWriteStream(path, { flags, mode: 0o600, flush });
  try {
    await pipeline([...streams, file], signal ? { signal } : {});
  } catch (error) {
    if (!file.closed) await new Promise<void>((resolve) => file.once("close", () => resolve()));
    throw error;
  }
}
