import { type Handler, json } from "../call.ts";
import { findJob } from "../find-job.ts";
import { sourceKeyOf } from "../job-view.ts";
import { invalid } from "../problem.ts";

export const confirmUpload: Handler<"confirmUpload"> = async (call, parts) => {
  const job = await findJob(call, parts);
  if (job.status === "waiting-file") {
    if (!(await parts.blobs.head(sourceKeyOf(job)))) {
      const message = "S3 file does not exist, please upload the file first";
      throw invalid("file", message, "FILE_MISSING", message);
    }
    await parts.jobs.uploaded(job.jobId);
  }
  const early = job.status === "waiting-file" || job.status === "pending";
  return json(200, { message: early ? "File upload confirmed; processing started" : "Job status already updated" });
};
