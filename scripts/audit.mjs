// `node scripts/audit.mjs`: asks the registry whether a production dependency has a known hole. Ends with 1 for a high or
// critical one. A registry that answers no audits (a mirror, no network) is said and is no failure.
import { spawnSync } from "node:child_process";
import { root } from "./setup.mjs";

const asked = spawnSync("npm", ["audit", "--omit=dev", "--json"], { cwd: root, encoding: "utf8", timeout: 60_000 });

/** Severities by count, or null when the registry did not answer. */
function readCounts() {
  try {
    return JSON.parse(asked.stdout).metadata?.vulnerabilities ?? null;
  } catch {
    return null;
  }
}

const counts = readCounts();
if (counts === null) console.log("Dependency audit: the registry does not answer audits here, so nothing was asked.");
else {
  const told = ["critical", "high", "moderate", "low"].map((severity) => `${counts[severity] ?? 0} ${severity}`);
  console.log(`Dependency audit: ${told.join(", ")}.`);
  if ((counts.critical ?? 0) + (counts.high ?? 0) > 0) {
    spawnSync("npm", ["audit", "--omit=dev"], { cwd: root, stdio: "inherit", timeout: 60_000 });
    process.exitCode = 1;
  }
}
