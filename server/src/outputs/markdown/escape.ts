/**
 * Escaping for Markdown (CommonMark + GFM + dollar math): as little as keeps the text the same when it is read back.
 *
 * A sign is escaped only where it could start or end markup at that very place, so that ordinary prose ("p_1", "5 * 3",
 * "$5 and $6", "[12]") stays as it was printed.
 */

/** What the whole run of inline content holds; a delimiter that stands alone in its run can never pair up. */
export interface RunFacts {
  readonly stars: boolean;
  readonly underscores: boolean;
  readonly tildes: boolean;
  readonly dollars: boolean;
}

export interface TextPlace {
  readonly facts: RunFacts;
  /** Inside emphasis or the like: a closing delimiter matters too. */
  readonly marked: boolean;
  /** Inside the text of a link: brackets matter. */
  readonly linked: boolean;
  /** Inside a pipe table. */
  readonly cell: boolean;
}

/** Looks at the plain text of a run once, before its pieces are escaped. */
export function factsOf(plain: string, hasMarks: boolean, hasMath: boolean): RunFacts {
  const several = (sign: RegExp) => (plain.match(sign)?.length ?? 0) > 1;
  return {
    stars: hasMarks ? plain.includes("*") : several(/\*+/g),
    underscores: hasMarks ? plain.includes("_") : several(/_+/g),
    tildes: hasMarks ? plain.includes("~") : several(/~+/g),
    dollars: plain.includes("$") && (hasMath || /\$(?=\S)[^$]*[^\s$]\$(?!\d)/.test(plain) || plain.includes("$$")),
  };
}

const space = /^\s?$/u;
const punctuation = /^[\p{P}\p{S}]$/u;
const asciiPunctuation = /^[!-/:-@[-`{-~]$/;

/** Escapes one piece of text. `before` and `after` are the characters around it in the run ("" at its ends). */
export function escapeText(value: string, place: TextPlace, before: string, after: string): string {
  if (!/[\\`*_[\]<&~$|!]/.test(value)) return value;
  return value.replace(/\*+|_+|~+|[\\`[\]<&$|!]/g, (sign, at: number) => {
    const previous = at > 0 ? characterBefore(value, at) : before;
    const next = at + sign.length < value.length ? characterAt(value, at + sign.length) : after;
    return needsEscape(sign, previous, next, place, value, at) ? sign.replace(/./g, "\\$&") : sign;
  });
}

function needsEscape(
  sign: string,
  previous: string,
  next: string,
  place: TextPlace,
  value: string,
  at: number,
): boolean {
  switch (sign[0]) {
    case "\\":
      return at + 1 === value.length || asciiPunctuation.test(next);
    case "`":
      return true;
    case "*":
      return place.facts.stars && (place.marked || opens(sign, previous, next));
    case "_":
      return place.facts.underscores && (place.marked || opens(sign, previous, next));
    case "~":
      return place.facts.tildes && (place.marked || (sign.length < 3 && opens(sign, previous, next)));
    case "$":
      return place.facts.dollars;
    case "|":
      return place.cell;
    case "[":
      return place.linked || next === "^";
    case "]":
      return place.linked || next === "(";
    case "!":
      return next === "[";
    case "<":
      return /^[A-Za-z/!?]$/.test(next);
    case "&":
      return /^&(?:#\d{1,7}|#x[\da-f]{1,6}|[a-z][a-z\d]*);/i.test(value.slice(at, at + 40));
    default:
      return false;
  }
}

/**
 * Whether a run of delimiters can open emphasis (CommonMark 0.31 §6.2). Parsers differ in whether a neighbouring
 * delimiter or a symbol beyond the basic plane (an emoji) counts as punctuation, so those are read either way.
 */
function opens(sign: string, previous: string, next: string): boolean {
  const quiet = (character: string) => space.test(character) || punctuation.test(character);
  const loud = (character: string) => !punctuation.test(character) || /[*_~]/.test(character) || character.length > 1;
  const left = !space.test(next) && (loud(next) || quiet(previous));
  const right = !space.test(previous) && (loud(previous) || quiet(next));
  return left && (sign[0] !== "_" || !right || quiet(previous));
}

/** Escapes what would make a written line of a paragraph the start of another block. */
export function protectLineStart(line: string, first: boolean): string {
  const trimmed = line.replace(/^[ \t]+/, "");
  if (/^(?:#{1,6}(?:[ \t]|$)|>|[-+*](?:[ \t]|$)|\$\$)/.test(trimmed)) return `\\${trimmed}`;
  if (trimmed.startsWith("~~~")) return trimmed.replace(/^~+/, (run) => run.replace(/~/g, "\\~"));
  if (/^\d{1,9}[.)](?:[ \t]|$)/.test(trimmed)) return trimmed.replace(/[.)]/, "\\$&");
  if (/^(?:([-_*])(?:[ \t]*\1){2,}[ \t]*|=+[ \t]*|-+[ \t]*)$/.test(trimmed)) return `\\${trimmed}`;
  if (!first && /^[-:| \t]+$/.test(trimmed) && trimmed !== "") return `\\${trimmed}`;
  const label = /^\[((?:[^\]\\]|\\.){1,999})\]:/.exec(trimmed)?.[1];
  if (label !== undefined) {
    // The first bracket may open a link with code in it, which a backslash would undo.
    if (label.includes("`")) return `&#32;${trimmed}`;
    return label.startsWith("^") ? trimmed.replace("]:", "]\\:") : `\\${trimmed}`;
  }
  if (/^\[[ xX]\](?:[ \t]|$)/.test(trimmed)) return `\\${trimmed}`;
  return trimmed;
}

/** The whole (possibly astral) character that starts at `at`. */
function characterAt(value: string, at: number): string {
  return String.fromCodePoint(value.codePointAt(at)!);
}

function characterBefore(value: string, at: number): string {
  const low = value.charCodeAt(at - 1);
  return low >= 0xdc00 && low <= 0xdfff && at > 1 ? value.slice(at - 2, at) : value[at - 1]!;
}

/** Whether a character is punctuation or a symbol in CommonMark's sense. */
export function isPunctuation(character: string): boolean {
  return punctuation.test(character);
}

/** The first and last whole characters of a string ("" when it is empty). */
export function firstCharacter(value: string): string {
  return value === "" ? "" : characterAt(value, 0);
}
export function lastCharacter(value: string): string {
  return value === "" ? "" : characterBefore(value, value.length);
}
