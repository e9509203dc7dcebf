/** Fetches foreign URLs. The one adapter checks every address it connects to; nothing else in the server opens outgoing connections. */
export interface Fetched {
  /** After redirects. */
  url: string;
  status: number;
  headers: Record<string, string>;
  bytes: number;
}
export interface Fetcher {
  /**
   * Streams a GET into `path`. Follows at most 5 redirects, each checked again.
   * Rejects with Problem URL_NOT_ALLOWED, DOWNLOAD_FAILED or SOURCE_TOO_LARGE.
   */
  download(
    url: string,
    path: string,
    options: { maxBytes: number; timeoutMs: number; signal?: AbortSignal },
  ): Promise<Fetched>;
  /** HEAD with the same rules; null when the server does not answer it with 2xx. */
  head(url: string, options: { timeoutMs: number; signal?: AbortSignal }): Promise<Fetched | null>;
  /** POST without redirects; the answer's body is cut at `maxAnswerBytes`. Rejects with URL_NOT_ALLOWED or DOWNLOAD_FAILED. */
  post(
    url: string,
    options: {
      headers: Record<string, string>;
      body: Uint8Array;
      timeoutMs: number;
      maxAnswerBytes: number;
      signal?: AbortSignal;
    },
  ): Promise<{ status: number; headers: Record<string, string>; body: string }>;
  /** Resolves when the host of `url` resolves to allowed addresses only; rejects with URL_NOT_ALLOWED. */
  check(url: string): Promise<void>;
}
