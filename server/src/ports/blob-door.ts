/** The HTTP side of a blob store whose presigned URLs point back at this server (the folder store). */
import type { IncomingMessage, ServerResponse } from "node:http";

export interface BlobDoor {
  /** Presigned URLs are `<base><path>/<key>?…`. */
  readonly path: string;
  /**
   * Answers one request to a presigned URL, bytes and errors included; never rejects.
   * `uploaded` is awaited when a PUT is safely stored and before it is answered; when it rejects, the bytes are
   * dropped again and the caller is told to repeat. It resolves with true when the upload made something move.
   */
  handle(
    req: IncomingMessage,
    res: ServerResponse,
    calls: { requestId: string; uploaded(key: string): Promise<boolean> },
  ): Promise<void>;
}
