/**
 * Fonts whose mapping to Unicode is wrong: every letter has one, but words come out as "hmrshstsd" (a table shifted by one
 * letter) or worse. No language written in Latin letters has many words of four letters and more without a vowel, or with five
 * consonants in a row; a shifted alphabet makes them a fifth and more. Measured on 376 files, the most of a sound font was 3.6 %,
 * of a font shifted by one letter 16 to 80 %.
 *
 * Only lower-case words count, and those with a capital in front: abbreviations, codes, formulas and units are no words. Words
 * with letters outside a-z are not counted either, so other scripts and accented languages are judged by their plain words.
 */
import type { FontFact, Glyph } from "../../layout/facts.ts";

/** Fewer words than this prove nothing. */
const minWords = 25;
const minLetters = 4;
const maxConsonants = 5;
const impossibleShare = 0.2;
/** a, e, i, o, u, and y and w, which are vowels in some languages. */
const vowels = new Set([..."aeiouyw"].map((letter) => letter.charCodeAt(0)));

interface Tally {
  words: number;
  impossible: number;
}

/** Indices of the fonts of a page whose words no language can have. Glyphs are in the order of the file. */
export function findGarbledFonts(glyphs: readonly Glyph[], fonts: readonly FontFact[]): Set<number> {
  const tallies = new Map<number, Tally>();
  let letters = 0;
  let plain = true;
  let vowelSeen = false;
  let consonants = 0;
  let most = 0;
  let previous: Glyph | undefined;
  const endWord = () => {
    if (previous && plain && letters >= minLetters) {
      let tally = tallies.get(previous.font);
      if (!tally) {
        tally = { words: 0, impossible: 0 };
        tallies.set(previous.font, tally);
      }
      tally.words++;
      if (!vowelSeen || most >= maxConsonants) tally.impossible++;
    }
    letters = consonants = most = 0;
    plain = true;
    vowelSeen = false;
  };
  for (const glyph of glyphs) {
    if (glyph.hidden) continue;
    if (previous && startsWord(previous, glyph)) endWord();
    previous = glyph;
    for (let at = 0; at < glyph.text.length; at++) {
      let code = glyph.text.charCodeAt(at);
      if (letters === 0 && code >= 0x41 && code <= 0x5a) code += 32;
      if (code < 0x61 || code > 0x7a) plain = false;
      letters++;
      if (vowels.has(code)) {
        vowelSeen = true;
        consonants = 0;
      } else if (++consonants > most) most = consonants;
    }
  }
  endWord();
  const garbled = new Set<number>();
  for (const [font, { words, impossible }] of tallies)
    if (words >= minWords && impossible > impossibleShare * words && !fonts[font]?.monospace) garbled.add(font);
  return garbled;
}

function startsWord(before: Glyph, glyph: Glyph): boolean {
  return (
    glyph.spaceBefore ||
    glyph.font !== before.font ||
    Math.abs(glyph.baseline - before.baseline) > 0.1 * glyph.size ||
    glyph.x - before.end > 0.2 * glyph.size ||
    glyph.x < before.x
  );
}
