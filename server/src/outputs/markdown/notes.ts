/** Which label each note gets in Markdown, where labels must be unique and free of spaces and brackets. */
import type { Block } from "@knowhere/contract";
import { visitAllInlines, visitBlocks } from "../../document/visit.ts";

export interface NoteLabels {
  /** The label of a note that is referred to, undefined for all others. */
  get(note: string): string | undefined;
}

/**
 * Printed labels are kept where they are fit and still free ("1", "12", "a"); a label that comes back on a later page
 * gets a number behind it ("1-2"). Only notes that exist and that something refers to have a label: GFM would hide
 * the text of the others.
 */
export function labelNotes(blocks: readonly Block[]): NoteLabels {
  const printed = new Map<string, string>();
  visitBlocks(blocks, (block) => {
    if (block.type === "note" && !printed.has(block.note)) printed.set(block.note, block.label);
  });
  if (printed.size === 0) return new Map();
  const referred = new Set<string>();
  visitAllInlines(blocks, (node) => {
    if (node.type === "note_ref") referred.add(node.note);
  });
  const labels = new Map<string, string>();
  const taken = new Set<string>();
  for (const [note, label] of printed) {
    if (!referred.has(note)) continue;
    const wanted = /^[\p{L}\p{N}_-]{1,40}$/u.test(label) ? label : String(labels.size + 1);
    labels.set(note, freeLabel(wanted, taken));
  }
  return labels;
}

function freeLabel(wanted: string, taken: Set<string>): string {
  // Footnote labels are compared without regard to case.
  const fold = (label: string) => label.toLowerCase().toUpperCase();
  let label = wanted;
  for (let n = 2; taken.has(fold(label)); n++) label = `${wanted}-${n}`;
  taken.add(fold(label));
  return label;
}
