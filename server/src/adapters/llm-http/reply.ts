/** What a chat server answered -> the JSON in it. Models wrap it in thoughts, fences and prose. */

export interface Reply {
  content: string;
  finishReason: string | null;
  totalTokens: number;
}

/** Reads the common part of OpenAI-compatible answers; null for anything else. Reasoning in fields of its own is not looked at. */
export function readReply(body: unknown): Reply | null {
  if (typeof body !== "object" || body === null) return null;
  const { choices, usage } = body as { choices?: unknown; usage?: { total_tokens?: unknown } };
  if (!Array.isArray(choices) || typeof choices[0] !== "object" || choices[0] === null) return null;
  const { message, finish_reason } = choices[0] as { message?: { content?: unknown }; finish_reason?: unknown };
  const content = message?.content;
  if (typeof content !== "string") return null;
  const tokens = usage?.total_tokens;
  return {
    content,
    finishReason: typeof finish_reason === "string" ? finish_reason : null,
    totalTokens: typeof tokens === "number" && tokens > 0 ? tokens : 0,
  };
}

/** Without `<think>…</think>`; an unclosed one hides everything after it, a lone end everything before it. */
export function stripThoughts(text: string): string {
  const closed = text.replace(/<think>[\s\S]*?<\/think>/gi, "");
  const end = closed.toLowerCase().lastIndexOf("</think>");
  const rest = end < 0 ? closed : closed.slice(end + "</think>".length);
  const start = rest.toLowerCase().indexOf("<think>");
  return (start < 0 ? rest : rest.slice(0, start)).trim();
}

/** The first JSON object of a text, undefined when there is none. Braces in strings do not count. */
export function findJsonObject(text: string): unknown {
  for (
    let start = text.indexOf("{"), tries = 0;
    start >= 0 && tries < 20;
    start = text.indexOf("{", start + 1), tries++
  ) {
    const end = endOfObject(text, start);
    if (end < 0) continue;
    try {
      return JSON.parse(text.slice(start, end));
    } catch {
      // A brace of the prose around it: the object may begin later.
    }
  }
  return undefined;
}

function endOfObject(text: string, start: number): number {
  let depth = 0;
  let quoted = false;
  for (let at = start; at < text.length; at++) {
    const sign = text[at];
    if (quoted) {
      if (sign === "\\") at++;
      else if (sign === '"') quoted = false;
    } else if (sign === '"') quoted = true;
    else if (sign === "{") depth++;
    else if (sign === "}" && --depth === 0) return at + 1;
  }
  return -1;
}
