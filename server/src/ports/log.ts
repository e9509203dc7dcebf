/** Where adapters and workers say what happened. A pino logger fits. Never given secrets or document text. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** One answered request: no query (it may hold a signature), no headers, no bodies. */
export interface RequestLine {
  requestId: string;
  method: string;
  path: string;
  /** Id of the operation; undefined for paths that are none. */
  operation: string | undefined;
  status: number;
  ms: number;
  /** Of the caller, once known. */
  keyId: string | undefined;
}
export interface RequestLog {
  /** At the level of `info`. Called for every request: must cost next to nothing. */
  request(line: RequestLine): void;
}

/** Says nothing. */
export const silentLog: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
