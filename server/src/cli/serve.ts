import { startServer } from "../app.ts";
import { readConfig } from "../config.ts";

/** Runs the server until SIGTERM or SIGINT; a second signal does not wait. */
export async function serve(role?: "worker"): Promise<void> {
  const config = readConfig(role ? { KNOWHERE_ROLE: role } : {});
  const server = await startServer(config, { say: (line) => process.stdout.write(`${line}\n`) });
  await new Promise<void>((done) => {
    process.once("SIGTERM", () => done());
    process.once("SIGINT", () => done());
  });
  await server.stop();
}
