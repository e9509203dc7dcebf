/** Repairs of single characters: presentation forms, private-use signs of symbol fonts, codes that mean nothing. */

/** Latin ligatures and Arabic/Hebrew presentation forms fold to the letters that a reader would type (NFKC). */
export function foldCharacter(code: number): string {
  const text = String.fromCodePoint(code);
  if (code === 0x2d || code < 0xa0) return text;
  if (
    (code >= 0xfb00 && code <= 0xfb06) ||
    (code >= 0xfb13 && code <= 0xfb17) ||
    (code >= 0xfb1d && code <= 0xfdff) ||
    (code >= 0xfe70 && code <= 0xfefc)
  ) {
    return text.normalize("NFKC");
  }
  // U+00AD is how some producers print the hyphen at a line's end.
  if (code === 0xad) return "-";
  return text;
}

/** Signs of a symbol font: two hex digits of the code, then the sign. */
function readSigns(table: string): Map<number, string> {
  return new Map(table.split(" ").map((entry) => [Number.parseInt(entry.slice(0, 2), 16), entry.slice(2)]));
}
/** Adobe's Symbol encoding, what documents use of it. */
const symbolSigns = readSigns(
  "25% 28( 29) 2b+ 2c, 2d− 2e. 2f/ 300 311 322 333 344 355 366 377 388 399 3a: 3b; 3c< 3d= 3e> 44Δ 46Φ " +
    "47Γ 4cΛ 50Π 51Θ 53Σ 57Ω 58Ξ 59Ψ 5b[ 5d] 61α 62β 63χ 64δ 65ε 66φ 67γ 68η 69ι 6bκ 6cλ 6dμ 6eν 70π 71θ " +
    "72ρ 73σ 74τ 75υ 77ω 78ξ 79ψ 7aζ 7b{ 7c| 7d} a3≤ a5∞ a8♦ ac← ad↑ ae→ af↓ b0° b1± b3≥ b4× b7• b8÷ b9≠ " +
    "bb≈ d2® d3© d4™ d6√ e5∑ f2∫",
);
/** Wingdings: bullets, boxes, ticks, arrows. */
const wingdingSigns = readSigns(
  "28☎ 2a✉ 46☞ 4a☺ 52☑ 53☑ 54☑ 6c● 6d❍ 6e■ 6f□ 70□ 71❑ 72❒ 73⬧ 74⧫ 75◆ 76❖ 77⬥ 78☒ 9e· 9f• a1○ a4◉ a7▪ " +
    "a8□ b2✧ d8➢ e0→ e8➔ ef⇦ f0⇨ fb✗ fc✓ fd☒ fe☑",
);

/** The sign that a symbol font shows for a private-use (or plain byte) code; the folded code itself when unknown. */
export function symbolOf(fontName: string, code: number): string {
  const low = code >= 0xf000 && code <= 0xf0ff ? code - 0xf000 : code < 0x100 ? code : -1;
  if (low < 0) return foldCharacter(code);
  const signs = /wingding/i.test(fontName)
    ? wingdingSigns
    : code >= 0xf000 && /symbol/i.test(fontName)
      ? symbolSigns
      : undefined;
  return signs?.get(low) ?? foldCharacter(code);
}

/** U+FFFD, other controls and private use: the file does not say which letter this is. */
export function isUnmapped(text: string): boolean {
  const code = text.codePointAt(0)!;
  return (
    code === 0xfffd ||
    code === 0 ||
    (code < 0x20 && code !== 9) ||
    (code >= 0x7f && code < 0xa0) ||
    (code >= 0xe000 && code <= 0xf8ff) ||
    code >= 0xf0000
  );
}
