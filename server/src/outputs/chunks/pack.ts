/** Units -> the contents of chunks. */
import { cutText, type Part } from "./cut.ts";
import type { Unit } from "./units.ts";

export interface Packing {
  measure(text: string): number;
  readonly limit: number;
  /** How much of the end of a chunk the next one repeats; 0 = nothing. */
  readonly overlap: number;
}
export interface Packed {
  readonly content: string;
  /** Units that begin here; repeated ones are not among them. */
  readonly units: readonly Unit[];
}

/** Fills chunks with units up to the limit, in order. A unit that is too big for any chunk gets one for itself. */
export function packUnits(units: readonly Unit[], packing: Packing): Packed[] {
  const groups: Unit[][] = [];
  let size = 0;
  let room = packing.limit;
  for (const unit of units) {
    const group = groups[groups.length - 1];
    if (group === undefined || size + unit.size > room) {
      groups.push([unit]);
      room = groups.length === 1 ? packing.limit : packing.limit - Math.min(packing.overlap, packing.limit / 2);
      size = unit.size;
    } else {
      group.push(unit);
      size += unit.size;
    }
  }
  return groups.map((group, at) => {
    const repeated = at === 0 ? "" : tailOf(groups[at - 1]!, packing);
    return { content: joinUnits(group, repeated), units: group };
  });
}

function joinUnits(units: readonly Unit[], repeated: string): string {
  let content = repeated;
  for (const unit of units)
    content += content === "" ? unit.text : (content === repeated ? "\n\n" : unit.joint) + unit.text;
  return content;
}

/** The end of a chunk, in whole sentences where they fit, never a placeholder. */
function tailOf(units: readonly Unit[], packing: Packing): string {
  const allowed = Math.min(packing.overlap, packing.limit / 2);
  if (allowed <= 0) return "";
  let tail = "";
  let joint = "";
  let size = 0;
  for (let at = units.length - 1; at >= 0 && units[at]!.embeds.length === 0; at--) {
    for (const part of partsOf(units[at]!, allowed, packing).reverse()) {
      const more = packing.measure(part.text);
      if (size + more > allowed) return tail.trim();
      tail = part.text + joint + tail;
      joint = part.joint;
      size += more;
    }
  }
  return tail.trim();
}

function partsOf(unit: Unit, allowed: number, packing: Packing): Part[] {
  if (unit.size <= allowed / 2) return [unit];
  return cutText(unit.text, (text) => packing.measure(text) <= Math.max(1, allowed / 2), 16, unit.joint);
}
