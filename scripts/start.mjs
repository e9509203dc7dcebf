// `npm start`: everything a bare checkout needs, then the server in this very process (so that signals reach it).
// package.json starts it by `exec`: npm hands a signal to the shell it started, and a shell that waits would die of it alone.
import { ensureBuilt, ensureInstalled } from "./setup.mjs";

ensureInstalled();
ensureBuilt();
process.argv.splice(2, process.argv.length, "serve", ...process.argv.slice(2));
await import("../server/dist/main.mjs");
