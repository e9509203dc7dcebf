/** Writes docs/reference from the code: settings, commands, operations, problems. `npm run generate`; a test compares. */
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { catalogue, type Operation, operations, Problem, type ProblemName } from "@knowhere/contract";
import type { Command } from "commander";
import { createProgram } from "../server/src/cli/program.ts";
import { describeSettings } from "../server/src/config.ts";

const generated = "<!-- Made by `npm run generate` from the code; do not edit. -->";
const cell = (text: string) => text.replaceAll("|", "\\|").replaceAll("\n", " ");
const table = (heads: string[], rows: string[][]) =>
  [heads, heads.map(() => "---"), ...rows].map((row) => `| ${row.map(cell).join(" | ")} |`).join("\n");

function settingsPage(): string {
  const rows = describeSettings({}).map(({ name, default: fallback, meaning }) => [`\`${name}\``, fallback, meaning]);
  return `# Settings\n\n${generated}\n\nEvery setting is an environment variable with a working default. All are checked together at the start; \`knowhere config\` prints the values in force.\n\n${table(["setting", "default", "meaning"], rows)}\n`;
}

function* commandsOf(command: Command, path: string): Generator<[string, Command]> {
  for (const sub of command.commands) {
    yield [`${path} ${sub.name()}`, sub];
    yield* commandsOf(sub, `${path} ${sub.name()}`);
  }
}

function commandsPage(): string {
  const sections = [...commandsOf(createProgram(), "knowhere")]
    .filter(([, command]) => command.commands.length === 0)
    .map(([path, command]) => {
      const words = command.registeredArguments
        .map((argument) => (argument.required ? `<${argument.name()}>` : `[${argument.name()}]`))
        .join(" ");
      const options = command.options.map((option) => [`\`${option.flags}\``, option.description]);
      return `## \`${path}${words ? ` ${words}` : ""}\`\n\n${command.description()}\n${options.length > 0 ? `\n${table(["option", "meaning"], options)}\n` : ""}`;
    });
  return `# Commands\n\n${generated}\n\nIn the checkout: \`npx knowhere …\`.\n\n${sections.join("\n")}`;
}

function operationsPage(): string {
  const all = Object.values(operations) as Operation[];
  const tags = [...new Set(all.map(({ tag }) => tag))];
  const sections = tags.map((tag) => {
    const rows = all
      .filter((operation) => operation.tag === tag)
      .map(({ method, path, versioned, scope, summary }) => [
        `\`${method} ${versioned ? "/v1" : ""}${path}\``,
        scope ?? "no key",
        summary,
      ]);
    return `## ${tag}\n\n${table(["operation", "scope", "what it does"], rows)}\n`;
  });
  return `# Operations\n\n${generated}\n\nParameters, bodies, answers and examples: \`/docs\` on a running server, or \`contract/generated/openapi.json\`. Paths below \`/v1\` answer below \`/api/v1\` too.\n\n${sections.join("\n")}`;
}

function problemsPage(): string {
  const rows = (Object.keys(catalogue) as ProblemName[]).map((name) => {
    const { code, status, details, message } = new Problem(name, {
      resource: "Resource",
      status: "running",
      limit: "N",
      pages: "N",
      retry_after: "N",
      limit_seconds: "N",
      limit_mb: "N",
      limit_bytes: "N",
      attempts: "N",
      language: "xyz",
      active_jobs: "N",
      required_permission: "write",
    });
    const reason = typeof details["reason"] === "string" ? `\`${details["reason"]}\`` : "";
    return [`\`${code}\``, String(status), reason, message];
  });
  return `# Errors\n\n${generated}\n\nEvery error answer is \`{"success": false, "error": {"code", "message", "request_id", "details"?}}\`. The code is stable; the message is for people; \`details.reason\` narrows the code. A failed job carries the same \`code\`, \`message\` and \`details\`.\n\n${table(["code", "HTTP", "details.reason", "message"], rows)}\n`;
}

/** File name below docs/reference -> text. */
export function makeReference(): Record<string, string> {
  return {
    "settings.md": settingsPage(),
    "commands.md": commandsPage(),
    "operations.md": operationsPage(),
    "errors.md": problemsPage(),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = fileURLToPath(new URL("../docs/reference/", import.meta.url));
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(makeReference())) writeFileSync(folder + name, text);
}
