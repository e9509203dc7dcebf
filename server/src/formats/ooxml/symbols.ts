/** Characters of the fonts Symbol and Wingdings, which office files store as bare byte values or in U+F000–U+F0FF. */

/** Adobe Symbol encoding, 0x20–0x7E and 0xA0–0xFE; "?" where the font has nothing or nothing that text can show. */
const symbolLow = " !∀#∃%&∋()∗+,−./0123456789:;<=>?≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_‾αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}∼";
const symbolHigh = "€ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…⏐⎯↵ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓◊〈®©™∑⎛⎜⎝⎡⎢⎣⎧⎨⎩⎪?〉∫⌠⎮⌡⎞⎟⎠⎤⎥⎦⎫⎬⎭";
const wingdings: Readonly<Record<number, string>> = {
  74: "☺",
  76: "☹",
  108: "●",
  110: "■",
  111: "□",
  113: "❑",
  117: "◆",
  118: "❖",
  159: "•",
  161: "○",
  167: "▪",
  168: "☐",
  216: "➢",
  223: "←",
  224: "→",
  225: "↑",
  226: "↓",
  232: "➔",
  239: "⇦",
  240: "⇨",
  251: "✗",
  252: "✓",
  253: "☒",
  254: "☑",
};

/** The Unicode character of a code in a symbol font; undefined when it has none. */
export function symbolOf(code: number, font: string | undefined): string | undefined {
  const byte = code >= 0xf000 && code <= 0xf0ff ? code - 0xf000 : code;
  const face = (font ?? "").toLowerCase();
  if (face.startsWith("wingdings")) return wingdings[byte];
  if (face === "" || face.startsWith("symbol")) {
    const found =
      byte >= 0x20 && byte <= 0x7e
        ? [...symbolLow][byte - 0x20]
        : byte >= 0xa0 && byte <= 0xfe
          ? [...symbolHigh][byte - 0xa0]
          : undefined;
    return found === "?" && byte !== 0x3f ? undefined : found;
  }
  return code >= 0xf000 && code <= 0xf0ff ? undefined : String.fromCodePoint(code);
}

/** Text with the private-use characters of symbol fonts replaced; with `font`, plain characters are mapped too. */
export function unicodeOfSymbols(text: string, font?: string): string {
  if (font === undefined && !/[\uf000-\uf0ff]/.test(text)) return text;
  let out = "";
  for (const character of text) {
    const code = character.codePointAt(0)!;
    const isPrivate = code >= 0xf000 && code <= 0xf0ff;
    out +=
      isPrivate || (font !== undefined && code < 0x100 && code > 0x20)
        ? (symbolOf(code, font) ?? (isPrivate ? "" : character))
        : character;
  }
  return out;
}

/** What a bullet level prints: "•" for symbol glyphs without a Unicode twin, "" when it prints nothing. */
export function bulletOf(text: string, font: string | undefined): string {
  if (text.trim() === "") return "";
  // Word's second-level bullet is a Courier "o".
  if (text.trim() === "o") return "◦";
  const isSymbolFont = font !== undefined && /^(symbol|wingdings|webdings)/i.test(font);
  if (isSymbolFont || /[\uf000-\uf0ff]/.test(text)) {
    const mapped = unicodeOfSymbols(text, isSymbolFont ? font : undefined).trim();
    return mapped === "" || mapped === "·" || mapped === "⋅" ? "•" : mapped;
  }
  return text.trim();
}
