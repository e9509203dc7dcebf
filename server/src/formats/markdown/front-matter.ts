/** Front matter as document metadata: flat values and lists of strings; deeper values as JSON text. */
import type { Document, Warning } from "@knowhere/contract";
import { parse } from "yaml";

export interface FrontMatter {
  metadata: Document["metadata"];
  title?: string;
  language?: string;
}

/** Values of a front matter block. What cannot be parsed is kept as text under `front_matter`, with a warning. */
export function readFrontMatter(text: string, kind: "yaml" | "toml", warnings: Warning[]): FrontMatter {
  const values = kind === "yaml" ? readYaml(text) : readToml(text);
  if (!values) {
    if (text.trim() === "") return { metadata: {} };
    warnings.push({
      code: "FRONT_MATTER_UNREADABLE",
      message: `The ${kind.toUpperCase()} front matter could not be parsed; it is kept as text.`,
    });
    return { metadata: { front_matter: text } };
  }
  const metadata: Document["metadata"] = {};
  for (const [key, value] of Object.entries(values)) {
    const flat = flatten(value);
    if (flat !== undefined) metadata[key] = flat;
  }
  const title = typeof metadata.title === "string" ? metadata.title : undefined;
  const language = [metadata.lang, metadata.language].find((value) => typeof value === "string");
  return { metadata, ...(title ? { title } : {}), ...(typeof language === "string" ? { language } : {}) };
}

function flatten(value: unknown): Document["metadata"][string] | undefined {
  if (value === null || value === undefined) return undefined;
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value))
    return value.map((item) => (typeof item === "object" ? JSON.stringify(item) : String(item)));
  return JSON.stringify(value);
}

function readYaml(text: string): Record<string, unknown> | undefined {
  try {
    // maxAliasCount bounds alias bombs; 1.2 core has no custom types.
    const value: unknown = parse(text, { maxAliasCount: 20, logLevel: "silent" });
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** The plain `key = value` lines of TOML, which is what front matter has; tables are left out. */
function readToml(text: string): Record<string, unknown> | undefined {
  const values: Record<string, unknown> = {};
  for (const line of text.split("\n")) {
    if (/^\s*(#|$)/.test(line)) continue;
    if (/^\s*\[/.test(line)) break;
    const match = line.match(/^\s*"?([\w.-]+)"?\s*=\s*(.+?)\s*$/);
    if (!match) return undefined;
    const raw = match[2]!;
    const quoted = raw.match(/^(["'])(.*)\1$/);
    if (quoted) values[match[1]!] = quoted[2];
    else if (raw.startsWith("["))
      values[match[1]!] = [...raw.matchAll(/"([^"]*)"|'([^']*)'|([^\s,[\]]+)/g)].map(
        (item) => item[1] ?? item[2] ?? item[3]!,
      );
    else if (raw === "true" || raw === "false") values[match[1]!] = raw === "true";
    else values[match[1]!] = /^[+-]?\d[\d_]*(?:\.\d+)?$/.test(raw) ? Number(raw.replaceAll("_", "")) : raw;
  }
  return Object.keys(values).length > 0 ? values : undefined;
}
