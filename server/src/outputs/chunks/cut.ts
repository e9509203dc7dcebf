/** Cutting text that is too long for one chunk: at the weakest place that helps. */

export interface Part {
  readonly text: string;
  /** What stood between this part and the one before it. */
  readonly joint: string;
}

/** From strong to weak: paragraph ends, line ends, sentence ends, spaces. */
const seams: readonly RegExp[] = [/\n{2,}/g, /\n/g, /(?<=[.!?…;])["'”’)]*\s+|(?<=[。！？；])/g, /\s+/g];

/**
 * Parts of the text that fit, in order; together with their joints they are the text again. A run without any
 * seam is cut every `hardCharacters` characters.
 */
export function cutText(text: string, fits: (text: string) => boolean, hardCharacters: number, joint = "\n\n"): Part[] {
  return cutAt(0, { text, joint }, fits, hardCharacters);
}

function cutAt(level: number, part: Part, fits: (text: string) => boolean, hardCharacters: number): Part[] {
  if (fits(part.text)) return [part];
  const seam = seams[level];
  if (seam === undefined) return cutHard(part, hardCharacters);
  return splitAt(part, seam).flatMap((piece) => cutAt(level + 1, piece, fits, hardCharacters));
}

function splitAt(part: Part, seam: RegExp): Part[] {
  const parts: Part[] = [];
  let start = 0;
  let joint = part.joint;
  for (const match of part.text.matchAll(seam)) {
    if (match.index > start) {
      parts.push({ text: part.text.slice(start, match.index), joint });
      joint = match[0];
    } else {
      joint += match[0];
    }
    start = match.index + match[0].length;
  }
  if (start < part.text.length) parts.push({ text: part.text.slice(start), joint });
  return parts;
}

function cutHard(part: Part, hardCharacters: number): Part[] {
  const characters = [...part.text];
  const parts: Part[] = [];
  for (let at = 0; at < characters.length; at += hardCharacters) {
    parts.push({ text: characters.slice(at, at + hardCharacters).join(""), joint: at === 0 ? part.joint : "" });
  }
  return parts;
}
