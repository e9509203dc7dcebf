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
  const parts: Part[] = [];
  /** What has been passed since the end of the last part. */
  let pending = joint;
  const add = (part: string) => {
    parts.push({ text: part, joint: pending });
    pending = "";
  };
  const cut = (piece: string, level: number): void => {
    const seam = seams[level];
    if (fits(piece)) add(piece);
    else if (seam === undefined) for (const run of cutHard(piece, hardCharacters)) add(run);
    else {
      let start = 0;
      for (const match of piece.matchAll(seam)) {
        if (match.index > start) cut(piece.slice(start, match.index), level + 1);
        pending += match[0];
        start = match.index + match[0].length;
      }
      if (start < piece.length) cut(piece.slice(start), level + 1);
    }
  };
  cut(text, 0);
  return parts;
}

function* cutHard(text: string, hardCharacters: number): Generator<string> {
  const characters = [...text];
  for (let at = 0; at < characters.length; at += hardCharacters)
    yield characters.slice(at, at + hardCharacters).join("");
}
