/** A program for tests that kill servers: starts the embedded PostgreSQL on the folder given, says its process number, and waits. */
import { startEmbeddedPostgres } from "../adapters/postgres/embedded/server.ts";
import { silentLog } from "../ports/log.ts";

startEmbeddedPostgres({ dataDir: process.argv[2]!, log: silentLog, durable: false }).then(
  (server) => {
    process.stdout.write(`${server.pid()}\n`);
    setInterval(() => {}, 3600_000);
  },
  (error: Error) => {
    process.stdout.write(`${error.message}\n`);
    process.exitCode = 1;
  },
);
