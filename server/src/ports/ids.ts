/** The only source of chance, so that tests can repeat it. */
export interface Ids {
  /** `job_` + 12 lower-case hex. */
  jobId(): string;
  /** `doc_` + 12 lower-case hex. */
  documentId(): string;
  /** `req_` + 16 lower-case hex. */
  requestId(): string;
  /** RFC 9562 version 4. */
  uuid(): string;
  /** 32 random bytes, url-safe base64 without padding (43 characters). */
  secret(): string;
}
