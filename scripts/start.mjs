// `npm start`: everything a bare checkout needs, then the server in this very process (so that signals reach it).
import { ensureBuilt, ensureInstalled } from "./setup.mjs";

ensureInstalled();
ensureBuilt();
process.argv.splice(2, process.argv.length, "serve", ...process.argv.slice(2));
await import("../server/dist/main.mjs");
