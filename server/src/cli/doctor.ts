import { type Finding, inspectInstallation } from "../app.ts";
import { ConfigError, readConfig } from "../config.ts";

const mark = { ok: "✓", optional: "–", broken: "✗" } as const;

/** Prints what is installed, what is optional and missing, and how to get it. Fails when something needed is broken. */
export async function runDoctor(): Promise<void> {
  const findings: Finding[] = [];
  try {
    findings.push(...(await inspectInstallation(readConfig())));
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    findings.push({ state: "broken", what: "settings", facts: error.message });
  }
  for (const { state, what, facts, cure } of findings) {
    process.stdout.write(`${mark[state]} ${what}: ${facts}${cure ? `\n    ${cure}` : ""}\n`);
  }
  if (findings.some((finding) => finding.state === "broken")) process.exitCode = 1;
}
