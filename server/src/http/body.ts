/** Request bodies: JSON text to a value that every part of the server can hold. */
import { createHash } from "node:crypto";
import { invalid } from "./problem.ts";

export const maxBodyBytes = 1024 * 1024;
const maxDepth = 64;

/**
 * Parses JSON; nothing at all is undefined. Nesting is bounded, `__proto__` is dropped, and so are NUL characters and
 * halves of surrogate pairs, which no database can store.
 */
export function parseJson(text: string, place = "body"): unknown {
  if (text.trim() === "") return undefined;
  if (measureDepth(text) > maxDepth) throw invalid(place, `nested more than ${maxDepth} levels deep`, "TOO_DEEP");
  const suspicious = /\\u(0000|d[89a-f])|__proto__|\\u005f/i.test(text);
  try {
    return suspicious ? JSON.parse(text, clean) : JSON.parse(text);
  } catch {
    throw invalid(place, "is not valid JSON", "MALFORMED_JSON", "Request body is not valid JSON");
  }
}

function clean(this: unknown, _key: string, value: unknown): unknown {
  if (typeof value === "string") return cleanText(value);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).filter(([name]) => name !== "__proto__");
  return Object.fromEntries(entries.map(([name, item]) => [cleanText(name), item]));
}

export const cleanText = (text: string): string => text.replace(/\p{Surrogate}/gu, "\ufffd").replaceAll("\0", "");

/** Deepest nesting of brackets outside strings. */
function measureDepth(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const mark = text.charCodeAt(at);
    if (inString) {
      if (mark === 0x5c) at++;
      else if (mark === 0x22) inString = false;
    } else if (mark === 0x22) inString = true;
    else if (mark === 0x7b || mark === 0x5b) deepest = Math.max(deepest, ++depth);
    else if (mark === 0x7d || mark === 0x5d) depth--;
  }
  return deepest;
}

/** Equal for equal values, whatever the order of their fields. */
export function hashValue(value: unknown): string {
  return createHash("sha256")
    .update(JSON.stringify(sortFields(value)) ?? "")
    .digest("hex");
}

/** Recursion is safe here: `parseJson` has bounded the depth. */
function sortFields(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortFields);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return Object.fromEntries(entries.map(([name, item]) => [name, sortFields(item)]));
}
