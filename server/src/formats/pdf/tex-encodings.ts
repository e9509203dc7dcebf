/**
 * Mathematical fonts of TeX carry no map to Unicode in many papers, and PDFium then answers with the bare code: a prime reads as
 * "0", a star as "?". Their encodings are fixed (The TeXbook, appendix F), so the font's name is enough to know the sign.
 */

/** Signs in code order from `first`; a space stands for a code without a sign of its own. */
function readTable(first: number, signs: string): Map<number, string> {
  return new Map([...signs].flatMap((sign, index) => (sign === " " ? [] : [[first + index, sign] as const])));
}

/** OMS: cmsy and its kin. */
const symbols = readTable(
  0,
  "−·×∗÷⋄±∓⊕⊖⊗⊘⊙○∘∙≍≡⊆⊇≤≥⪯⪰∼≈⊂⊃≪≫≺≻←→↑↓↔↗↘≃⇐⇒⇑⇓⇔↖↙∝′∞∈∋△▽/ ∀∃¬∅ℜℑ⊤⊥ℵABCDEFGHIJKLMNOPQRSTUVWXYZ∪∩⊎∧∨⊢⊣⌊⌋⌈⌉{}⟨⟩|∥↕⇕\\≀√∐∇∫⊔⊓⊑⊒§†‡¶♣♢♡♠",
);
/** OML: cmmi and its kin. */
const italics = readTable(
  0,
  "ΓΔΘΛΞΠΣΥΦΨΩαβγδϵζηθικλμνξπρστυϕχψωεϑϖϱςφ↼↽⇀⇁  ▷◁0123456789.,</>⋆∂ABCDEFGHIJKLMNOPQRSTUVWXYZ♭♮♯⌣⌢ℓabcdefghijklmnopqrstuvwxyzıȷ℘",
);
/** OMX: the large delimiters and operators of cmex. */
const large = readTable(
  0,
  "()[]⌊⌋⌈⌉{}⟨⟩|∥/\\()()[]⌊⌋⌈⌉{}⟨⟩/\\()[]⌊⌋⌈⌉{}⟨⟩/\\/\\                      ⊔⊔∮∮⊙⊙⊕⊕⊗⊗∑∏∫⋃⋂⊎⋀⋁∑∏∫⋃⋂⊎⋀⋁∐∐      []⌊⌋⌈⌉{}√√√√√",
);

const families: [RegExp, Map<number, string>][] = [
  [/^(?:cmb?sy\d*|[tp]xb?sy|ntxsy\w*|lmmathsymbols\d*\b)/i, symbols],
  [/^(?:cmmib?\d*|r?[tp]xb?mi\d*|ntxmi\w*|lmmathitalic\d*\b)/i, italics],
  [/^(?:cmex\d*|[tp]xex|ntxexx?|lmmathextension\d*\b)/i, large],
];

/** The sign that a TeX math font shows for an unmapped code; undefined when the font or the code is none of them. */
export function texSign(fontName: string, code: number): string | undefined {
  return families.find(([name]) => name.test(fontName))?.[1].get(code);
}
