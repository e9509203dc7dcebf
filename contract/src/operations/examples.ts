/** Examples of the wire's shapes: shown in the docs, checked against the schemas by a test. */
const head = { source_type: "file", data_id: "my_document", created_at: "2025-01-15T10:30:00Z" } as const;
const extras = {
  namespace: "default",
  document_id: "doc_7d1e52a90b3c",
  file_name: "report.pdf",
  file_extension: "PDF",
  model: "base",
  ocr_enabled: false,
} as const;
const id = { job_id: "job_3f2a91c0d4e7" } as const;

export const createFromUrl = {
  source_type: "url",
  source_url: "https://example.com/report.pdf",
  data_id: "my_document",
  parsing_params: { model: "base", ocr_enabled: false },
};
export const createFromFile = { source_type: "file", file_name: "report.pdf", data_id: "my_document" };
export const waitingFile = {
  ...id,
  status: "waiting-file",
  ...head,
  upload_url: "http://127.0.0.1:5005/blobs/uploads/job_3f2a91c0d4e7?expires=1736940600&signature=…",
  upload_headers: { "Content-Type": "application/pdf" },
  expires_in: 3600,
  ...extras,
};
export const pending = { ...id, status: "pending", ...head, ...extras };
export const converting = { ...id, status: "converting", ...head, ...extras };
export const running = {
  ...id,
  status: "running",
  ...head,
  progress: { total_pages: 100, processed_pages: 42 },
  ...extras,
};
const sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
export const done = {
  ...id,
  status: "done",
  ...head,
  completed_at: "2025-01-15T10:30:12Z",
  result_url: "http://127.0.0.1:5005/blobs/results/job_3f2a91c0d4e7.1.zip?expires=1737023412&signature=…",
  result_url_expires_at: "2025-01-16T10:30:12Z",
  result_checksum: { algorithm: "sha256", value: sha256 },
  result: {
    checksum: sha256,
    statistics: { total_chunks: 44, text_chunks: 39, image_chunks: 4, table_chunks: 1, total_pages: 16 },
  },
  duration_seconds: 12.4,
  ...extras,
};
export const failed = {
  ...id,
  status: "failed",
  ...head,
  failed_at: "2025-01-15T10:31:15Z",
  error: {
    code: "INVALID_ARGUMENT",
    message: "Unable to parse document: file appears to be corrupted",
    details: { file_type: "pdf", reason: "PARSING_FAILED" },
  },
  ...extras,
};
export const cancelled = { ...failed, error: { code: "CANCELLED", message: "The job was cancelled" } };
export const retried = { ...pending, job_id: "job_90ab12cd34ef", retried_from: id.job_id };
const { result_url: _url, result_url_expires_at: _expiry, ...listed } = done;
export const jobPage = { jobs: [listed], total: 1, page: 1, page_size: 20, total_pages: 1 };
export const erased = {
  ...id,
  deleted: true,
  document_id: extras.document_id,
  document_archived: false,
  erased: { source: true, result: true },
};
export const eventStream = `id: 3
event: state
data: {"job_id":"job_3f2a91c0d4e7","at":"2025-01-15T10:30:01Z","status":"running"}

id: 4
event: progress
data: {"job_id":"job_3f2a91c0d4e7","at":"2025-01-15T10:30:02Z","total_pages":100,"processed_pages":42}

id: 5
event: progress
data: {"job_id":"job_3f2a91c0d4e7","at":"2025-01-15T10:30:04Z","total_pages":100,"processed_pages":100,"stage":{"name":"chunking","done":31,"total":240}}

`;
export const keyCreated = {
  api_key_id: "key_5b0f6c1d2e3a",
  api_key: "sk_live_…",
  name: "laptop",
  enabled_modules: [],
  scopes: ["write"],
};
export const keyListed = {
  id: "key_5b0f6c1d2e3a",
  name: "laptop",
  api_key: "sk_live_••••x7Qa",
  enabled_modules: [],
  scopes: ["write"],
  is_active: true,
  created_at: "2025-01-15T10:30:00Z",
};
