/** Cutting text that is too long for one chunk: at the weakest place that helps. */

export interface Part {
  readonly text: string;
  /** What stood between this part and the one before it. */
  readonly joint: string;
}

/** From strong to weak: paragraph ends, line ends, sentence ends, spaces. */
const spaces = /\s+/g;
const seams: readonly RegExp[] = [/\n{2,}/g, /\n/g, /(?<=[.!?…;])["'”’)]*\s+|(?<=[。！？；])/g, spaces];

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
    else if (seam === spaces) cutWords(piece);
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
  /** Runs of words: a word for each part would make a million of them from one endless sentence. */
  const cutWords = (piece: string): void => {
    const grain = Math.ceil(hardCharacters / 8);
    let start = 0;
    let last: { index: number; end: number } | undefined;
    const end = (index: number): void => {
      if (last === undefined || last.index <= start || index - start <= grain) return;
      cut(piece.slice(start, last.index), seams.length);
      pending += piece.slice(last.index, last.end);
      start = last.end;
    };
    for (const match of piece.matchAll(spaces)) {
      end(match.index);
      last = { index: match.index, end: match.index + match[0].length };
      if (match.index > start) continue;
      pending += match[0];
      start = last.end;
    }
    end(piece.length);
    const rest = last?.end === piece.length && last.index > start ? last.index : piece.length;
    if (start < rest) cut(piece.slice(start, rest), seams.length);
    pending += piece.slice(Math.max(start, rest));
  };
  cut(text, 0);
  return parts;
}

function* cutHard(text: string, hardCharacters: number): Generator<string> {
  const characters = [...text];
  for (let at = 0; at < characters.length; at += hardCharacters)
    yield characters.slice(at, at + hardCharacters).join("");
}
