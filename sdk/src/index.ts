/** The client of the Knowhere API. `new Knowhere({ apiKey }).parse({ file, fileName })` is the short way. */
export type { Chunk, DoneJob, FailedJob, Job, JobPage, JobStatus, Manifest } from "@knowhere/contract";
export {
  type CreateJobRequest,
  Knowhere,
  type KnowhereOptions,
  type ParseOptions,
  type ParseResult,
  type SourceBytes,
  type WaitOptions,
} from "./client.ts";
export * from "./errors.ts";
export { openPackage, type Package } from "./package.ts";
