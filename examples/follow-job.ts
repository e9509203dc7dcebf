/**
 * Follows a job live by server-sent events, over plain fetch. Usage: node --import tsx examples/follow-job.ts JOB_ID
 * A connection that breaks is taken up again after the last event that was heard: nothing is missed, nothing comes twice.
 */
const base = process.env["KNOWHERE_BASE_URL"] ?? "http://127.0.0.1:5005";
const authorization = `Bearer ${process.env["KNOWHERE_API_KEY"]}`;
const jobId = process.argv[2];
if (jobId === undefined) throw new Error("Usage: follow-job.ts JOB_ID");

interface JobEvent {
  id: string;
  event: string;
  data: Record<string, unknown>;
}

/** The events of one connection, until it ends. */
async function* listen(lastId: string): AsyncGenerator<JobEvent> {
  const response = await fetch(`${base}/v1/jobs/${jobId}/events`, {
    headers: { authorization, ...(lastId ? { "last-event-id": lastId } : {}) },
  });
  if (!response.ok || !response.body) throw new Error(`${response.status} ${await response.text()}`);
  let text = "";
  for await (const part of response.body.pipeThrough(new TextDecoderStream())) {
    text += part;
    const blocks = text.split("\n\n");
    text = blocks.pop()!;
    for (const block of blocks) {
      const fields = Object.fromEntries([...block.matchAll(/^(\w+): (.*)$/gm)].map(([, name, value]) => [name, value]));
      if (fields["data"]) yield { id: fields["id"], event: fields["event"], data: JSON.parse(fields["data"]) };
    }
  }
}

let lastId = "";
for (let isOver = false; !isOver; ) {
  try {
    for await (const { id, event, data } of listen(lastId)) {
      lastId = id;
      if (event === "state") console.log(data["status"]);
      if (event === "progress") {
        // Once the pages are read, the stage tells how far the rest is.
        const stage = data["stage"] as { name: string; done: number; total: number } | undefined;
        const pages = `${data["processed_pages"]}/${data["total_pages"]} pages`;
        console.log(stage ? `${pages}, ${stage.name} ${stage.done}/${stage.total}` : pages);
      }
      if (event === "warning") console.log(`warning: ${data["message"]}`);
      isOver = event === "state" && (data["status"] === "done" || data["status"] === "failed");
    }
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    // The connection broke. A pause, and on from where we were.
    await new Promise((done) => setTimeout(done, 1000));
  }
}

export {};
