/** Check-boxes at the start of list items: the state of a task. */
import type { Inline } from "@knowhere/contract";

export interface TaskState {
  /** Undefined when the item is no task. */
  readonly checked?: boolean | undefined;
  readonly content: Inline[];
}

/** The state of an item by its printed bullet ("☐"), a check-box or such a sign in front of its text, which leave the text. */
export function takeTaskState(bullet: string, content: Inline[]): TaskState {
  if (/^[☐☑☒]$/u.test(bullet)) return { checked: bullet !== "☐", content };
  const [first, ...rest] = content;
  if (first?.type === "checkbox") return { checked: first.checked, content: trimStart(rest) };
  const match = first?.type === "text" ? /^([☐☑☒])\s*/u.exec(first.text) : null;
  if (!match || first?.type !== "text") return { content };
  return {
    checked: match[1] !== "☐",
    content: trimStart([{ type: "text", text: first.text.slice(match[0].length) }, ...rest]),
  };
}

function trimStart(content: Inline[]): Inline[] {
  const [first, ...rest] = content;
  if (first?.type !== "text") return content;
  const text = first.text.replace(/^\s+/, "");
  return text === "" ? rest : [{ type: "text", text }, ...rest];
}
