// A parse child for the sandbox's tests: does what the file name of its task says.
const tell = (message) => process.send(message);
const outcome = (input) => ({
  resultPath: input.resultPath,
  bytes: 1,
  sha256: "00",
  statistics: {},
  warnings: [],
  billablePages: 1,
});

process.on("message", async ({ input }) => {
  const [what, argument] = input.fileName.split(":");
  if (what === "progress") {
    for (let page = 0; page < 3; page++) tell({ type: "progress", totalPages: 3, processedPages: page });
    const stage = { name: "packaging", done: 1, total: 2 };
    tell({ type: "progress", totalPages: 3, processedPages: 3, stage });
    tell({ type: "done", outcome: outcome(input) });
  } else if (what === "problem") tell({ type: "problem", problem: "ENCRYPTED", details: { file_type: "pdf" } });
  else if (what === "error") tell({ type: "error", stack: "TypeError: our own bug" });
  else if (what === "full") tell({ type: "error", stack: "Error: no space left on device", code: "ENOSPC" });
  else if (what === "exit") process.exit(3);
  else if (what === "crash") process.kill(process.pid, "SIGSEGV");
  else if (what === "loop") for (;;);
  else if (what === "buffers") for (const kept = []; ; ) kept.push(Buffer.alloc(16 * 1024 * 1024, 1));
  else if (what === "heap") for (const kept = []; ; ) kept.push(new Array(1e5).fill({}).map((_, i) => ({ i })));
  else if (what === "environment")
    tell({
      type: "done",
      outcome: { ...outcome(input), warnings: [{ code: "ENV", message: JSON.stringify(process.env) }] },
    });
  else if (what === "pid")
    tell({ type: "done", outcome: { ...outcome(input), warnings: [{ code: "PID", message: String(process.pid) }] } });
  else if (what === "folder")
    tell({ type: "done", outcome: { ...outcome(input), warnings: [{ code: "DIR", message: input.tempDir }] } });
  else if (what === "spin") {
    // Says who it is, then never hears anything again.
    tell({ type: "progress", totalPages: process.pid, processedPages: 0 });
    setTimeout(() => {
      for (;;);
    }, 100);
  } else if (what === "connect") {
    const { connect } = await import("node:net");
    const socket = connect(Number(argument), "127.0.0.1");
    const say = (message) =>
      tell({ type: "done", outcome: { ...outcome(input), warnings: [{ code: "NET", message }] } });
    socket.once("connect", () => say("connected")).once("error", (error) => say(error.code));
  }
});
