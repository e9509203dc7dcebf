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

/** Signs of Symbol and Wingdings, by the low byte of their private-use code. */
const symbolSigns: Record<number, string> = {
  183: "•",
  168: "♦",
  174: "→",
  172: "←",
  173: "↑",
  175: "↓",
  177: "±",
  179: "≥",
  163: "≤",
  185: "≠",
  187: "≈",
  180: "×",
  184: "÷",
  176: "°",
  165: "∞",
  210: "®",
  211: "©",
  212: "™",
  229: "∑",
  242: "∫",
  214: "√",
  97: "α",
  98: "β",
  99: "χ",
  100: "δ",
  101: "ε",
  102: "φ",
  103: "γ",
  104: "η",
  105: "ι",
  107: "κ",
  108: "λ",
  109: "μ",
  110: "ν",
  112: "π",
  113: "θ",
  114: "ρ",
  115: "σ",
  116: "τ",
  117: "υ",
  119: "ω",
  120: "ξ",
  121: "ψ",
  122: "ζ",
  68: "Δ",
  70: "Φ",
  71: "Γ",
  76: "Λ",
  80: "Π",
  81: "Θ",
  83: "Σ",
  87: "Ω",
  88: "Ξ",
  89: "Ψ",
  45: "−",
  43: "+",
  61: "=",
  60: "<",
  62: ">",
  40: "(",
  41: ")",
  91: "[",
  93: "]",
  123: "{",
  125: "}",
  47: "/",
  44: ",",
  46: ".",
  58: ":",
  59: ";",
  37: "%",
  124: "|",
  48: "0",
  49: "1",
  50: "2",
  51: "3",
  52: "4",
  53: "5",
  54: "6",
  55: "7",
  56: "8",
  57: "9",
};
const wingdingSigns: Record<number, string> = {
  108: "●",
  109: "❍",
  110: "■",
  111: "□",
  112: "□",
  113: "❑",
  114: "❒",
  115: "⬧",
  116: "⧫",
  117: "◆",
  118: "❖",
  119: "⬥",
  158: "·",
  159: "•",
  161: "○",
  167: "▪",
  168: "◻",
  216: "➢",
  224: "→",
  232: "➔",
  239: "⇦",
  240: "⇨",
  251: "✗",
  252: "✓",
  253: "☒",
  254: "☑",
  42: "✉",
  40: "☎",
  70: "☞",
  74: "☺",
  164: "◉",
  178: "✧",
  1900: "●",
};

/** The sign that a symbol font shows for a private-use (or plain byte) code; the folded code itself when unknown. */
export function symbolOf(fontName: string, code: number): string {
  const low = code >= 0xf000 && code <= 0xf0ff ? code - 0xf000 : code < 0x100 ? code : -1;
  if (low < 0) return foldCharacter(code);
  const signs = /wingding/i.test(fontName)
    ? wingdingSigns
    : code >= 0xf000 && /symbol/i.test(fontName)
      ? symbolSigns
      : undefined;
  return signs?.[low] ?? foldCharacter(code);
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
