import { startServer } from "../app.ts";
import { isStartedByNpm, readConfig } from "../config.ts";
import { parentGone } from "./parent.ts";

/** Runs the server until SIGTERM or SIGINT, or the end of the shell that npm started it by; a second signal does not wait. */
export async function serve(role?: "worker"): Promise<void> {
  const config = readConfig(role ? { KNOWHERE_ROLE: role } : {});
  const server = await startServer(config, { say: (line) => process.stdout.write(`${line}\n`) });
  await new Promise<void>((done) => {
    process.once("SIGTERM", () => done());
    process.once("SIGINT", () => done());
    if (isStartedByNpm()) parentGone().then(done);
  });
  await server.stop();
}
