/** Is it text, and which kind? Heuristics over the beginning of a decoded file; they decide only when nothing better is known. */

/** Characters looked at. */
const headLength = 16 * 1024;

/** Whether the text is made of characters that texts have: no NULs, hardly any control or replacement characters. */
export function looksLikeText(text: string): boolean {
  const head = text.slice(0, headLength);
  let odd = 0;
  for (let index = 0; index < head.length; index++) {
    const code = head.charCodeAt(index);
    if (code === 0) return false;
    if (code === 0xfffd || (code < 32 && code !== 9 && code !== 10 && code !== 12 && code !== 13 && code !== 27)) odd++;
  }
  return odd <= head.length * 0.01 + 1;
}

const headerField =
  /^(?:from|to|cc|subject|date|received|message-id|mime-version|return-path|delivered-to|content-type|x-[\w-]+|dkim-signature):/i;

/** Internet message: the first lines are header fields, two of them ones that only mail has. */
function looksLikeEmail(head: string): boolean {
  const lines = head.replace(/^From [^\n]*\n/, "").split(/\r?\n/);
  const names = new Set<string>();
  for (const line of lines.slice(0, 200)) {
    if (line === "") break;
    if (/^[ \t]/.test(line)) continue;
    if (!/^[!-9;-~]+:/.test(line)) return false;
    if (headerField.test(line)) names.add(line.slice(0, line.indexOf(":")).toLowerCase());
  }
  return (
    names.size >= 2 &&
    (names.has("from") || names.has("received") || names.has("message-id") || names.has("mime-version"))
  );
}

/** One JSON value a line: the first lines must all parse. */
function looksLikeJsonLines(head: string): boolean {
  const lines = head.split(/\r?\n/).filter((line) => line.trim() !== "");
  if (head.length >= headLength) lines.pop();
  if (lines.length < 2) return false;
  return lines.slice(0, 20).every((line) => /^\s*[[{]/.test(line) && parses(line));
}

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** A table of values: the same separator the same number of times in nearly every line. */
function looksLikeCsv(head: string): boolean {
  const lines = head.split(/\r?\n/).filter((line) => line !== "");
  if (head.length >= headLength) lines.pop();
  if (lines.length < 3) return false;
  return [",", "\t", ";", "|"].some((separator) => {
    const counts = lines.slice(0, 50).map((line) => line.replace(/"(?:[^"]|"")*"/g, "").split(separator).length - 1);
    const first = counts[0]!;
    if (first < (separator === "," ? 2 : 1)) return false;
    // Prose has commas too, but not the same number in each line.
    return (
      counts.filter((count) => count === first).length >= counts.length * 0.9 &&
      !lines.slice(0, 10).every((line) => /[.!?]$/.test(line))
    );
  });
}

/** The kind of a text: a format name. `sure` marks signatures that outweigh a file's name. */
export function sniffText(text: string): { kind: string; sure: boolean } {
  const head = text.slice(0, headLength);
  const start = head.trimStart();
  if (start.startsWith("{\\rtf")) return { kind: "rtf", sure: true };
  const bare = start.replace(/^(?:<\?xml[^>]*\?>|<!--[\s\S]*?-->|\s)+/, "");
  if (/^<!doctype\s+html|^<html[\s>]/i.test(bare)) return { kind: "html", sure: true };
  if (/^<\?xml\s/.test(start) || /^<!doctype\s/i.test(bare)) {
    if (/<(?:\w+:)?Workbook\s[^>]*urn:schemas-microsoft-com:office:spreadsheet/.test(head))
      return { kind: "xls", sure: true };
    return { kind: "xml", sure: true };
  }
  if (
    /^<(?:head|body|title|meta|link|script|style|table|div|p|h[1-6]|ul|ol|center|font|a|b|br|img|span)\b[^>]*>/i.test(
      bare,
    )
  )
    return { kind: "html", sure: false };
  if (/^<([A-Za-z_][\w.-]*)[^>]*>/.test(bare)) return { kind: "xml", sure: false };
  if (/^[[{]/.test(start)) {
    if (text.length < 8 * 1024 * 1024 ? parses(text) : /[\]}]\s*$/.test(text.slice(-64)))
      return { kind: "json", sure: false };
    if (looksLikeJsonLines(head)) return { kind: "jsonl", sure: false };
  }
  if (looksLikeEmail(head)) return { kind: "email", sure: false };
  if (looksLikeCsv(head)) return { kind: "csv", sure: false };
  if (/^---\r?\n[\s\S]*?\r?\n---\r?\n|^#{1,6} \S|\n#{1,6} \S|\n```|\n\|(?:\s*:?-+:?\s*\|)+/.test(head))
    return { kind: "markdown", sure: false };
  return { kind: "text", sure: false };
}
