/** Characters of printed mathematics to LaTeX commands, shared by the OMML and MathML walkers. */

const commandTable = `α alpha β beta γ gamma δ delta ε varepsilon ϵ epsilon ζ zeta η eta θ theta ϑ vartheta ι iota κ kappa λ lambda μ mu ν nu
ξ xi π pi ϖ varpi ρ rho ϱ varrho σ sigma ς varsigma τ tau υ upsilon φ varphi ϕ phi χ chi ψ psi ω omega
Γ Gamma Δ Delta Θ Theta Λ Lambda Ξ Xi Π Pi Σ Sigma Υ Upsilon Φ Phi Ψ Psi Ω Omega
± pm ∓ mp × times ÷ div ⋅ cdot · cdot ∗ ast ⋆ star ∘ circ ∙ bullet • bullet ⊕ oplus ⊖ ominus ⊗ otimes ⊙ odot
≤ leq ≥ geq ≠ neq ≈ approx ≡ equiv ≅ cong ≃ simeq ∼ sim ∝ propto ≪ ll ≫ gg ≺ prec ≻ succ
∈ in ∉ notin ∋ ni ⊂ subset ⊃ supset ⊆ subseteq ⊇ supseteq ∪ cup ∩ cap ∅ emptyset ∖ setminus
∀ forall ∃ exists ∄ nexists ¬ neg ∧ wedge ∨ vee ⊢ vdash ⊨ models ⊤ top ⊥ perp ∥ parallel ∠ angle
→ to ← leftarrow ↔ leftrightarrow ⇒ Rightarrow ⇐ Leftarrow ⇔ Leftrightarrow ↦ mapsto ↑ uparrow ↓ downarrow ⟶ longrightarrow ⟹ Longrightarrow
∂ partial ∇ nabla ∞ infty ∑ sum ∏ prod ∐ coprod ∫ int ∬ iint ∭ iiint ∮ oint ⋃ bigcup ⋂ bigcap ⋁ bigvee ⋀ bigwedge ⨁ bigoplus ⨂ bigotimes √ surd
… ldots ⋯ cdots ⋮ vdots ⋱ ddots ′ prime ″ prime\\prime ℏ hbar ℓ ell ℜ Re ℑ Im ℵ aleph ℘ wp † dagger ‡ ddagger
⌈ lceil ⌉ rceil ⌊ lfloor ⌋ rfloor ⟨ langle ⟩ rangle 〈 langle 〉 rangle ‖ Vert ∴ therefore ∵ because □ square ◦ circ △ triangle`;
const commandsByCharacter: Readonly<Record<string, string>> = Object.fromEntries(
  [...commandTable.matchAll(/(\S+)\s+(\S+)/g)].map((pair) => [pair[1], `\\${pair[2]}`]),
);
const blackboard: Readonly<Record<string, string>> = { ℂ: "C", ℍ: "H", ℕ: "N", ℙ: "P", ℚ: "Q", ℝ: "R", ℤ: "Z" };
const escaped: Readonly<Record<string, string>> = {
  "\\": "\\backslash ",
  "{": "\\{",
  "}": "\\}",
  "%": "\\%",
  "#": "\\#",
  $: "\\$",
  "&": "\\&",
  _: "\\_",
  "^": "\\hat{}",
  "~": "\\sim ",
  "−": "-",
  "\u2061": "",
  "\u2062": "",
  "\u2063": "",
  "\u2064": "",
  "\u00a0": "\\ ",
  "\u2003": "\\quad ",
  "\u2009": "\\, ",
  "\u200a": "\\, ",
  "\u2002": "\\; ",
  "\u2005": "\\: ",
};
/** Names that LaTeX sets upright by a command of their own. */
const functionNames = new Set(
  "arccos arcsin arctan arg cos cosh cot coth csc deg det dim exp gcd hom inf ker lg lim liminf limsup ln log max min Pr sec sin sinh sup tan tanh".split(
    " ",
  ),
);

/** One or more characters of a formula as LaTeX; a trailing space ends a command before a letter. */
export function latexOfText(text: string): string {
  let out = "";
  for (const character of text) {
    const command = commandsByCharacter[character];
    if (command !== undefined) out += `${command} `;
    else if (escaped[character] !== undefined) out += escaped[character];
    else if (blackboard[character] !== undefined) out += `\\mathbb{${blackboard[character]}}`;
    // Mathematical alphanumerics (U+1D400–U+1D7FF): the letter counts, LaTeX's default slant does the rest.
    else
      out +=
        character >= "\u{1d400}" && character <= "\u{1d7ff}" ? latexOfPlain(character.normalize("NFKC")) : character;
  }
  return out;
}

const latexOfPlain = (text: string): string =>
  [...text].map((c) => (commandsByCharacter[c] ? `${commandsByCharacter[c]} ` : c)).join("");

/** A function's name: `\sin` where LaTeX has it, an operator name otherwise. */
export function latexOfFunctionName(name: string): string {
  const trimmed = name.trim();
  return functionNames.has(trimmed) ? `\\${trimmed} ` : `\\operatorname{${trimmed}}`;
}

export const isFunctionName = (name: string): boolean => functionNames.has(name.trim());

/** Text inside a formula, upright. */
export function latexOfWords(text: string): string {
  return `\\text{${text.replace(/[\\{}$&#%_^~]/g, (c) => (c === "\\" ? "\\textbackslash{}" : c === "^" || c === "~" ? `\\${c}{}` : `\\${c}`))}}`;
}

/** Accent characters (combining or spacing) to the command that sets them over the base. */
export const accentCommands: Readonly<Record<string, string>> = {
  "\u0300": "grave",
  "\u0301": "acute",
  "\u0302": "hat",
  "^": "hat",
  "\u0303": "tilde",
  "~": "tilde",
  "\u0304": "bar",
  "¯": "bar",
  "\u0305": "overline",
  "‾": "overline",
  "\u0306": "breve",
  "\u0307": "dot",
  "˙": "dot",
  "\u0308": "ddot",
  "¨": "ddot",
  "\u030c": "check",
  ˇ: "check",
  "\u20d7": "vec",
  "→": "vec",
  "\u20db": "dddot",
  "⏞": "overbrace",
  "⏟": "underbrace",
  "\u0332": "underline",
  _: "underline",
};

/** A delimiter as it may follow \left or \right. */
export function latexOfDelimiter(character: string): string {
  if (character === "") return ".";
  if (character === "{" || character === "}") return `\\${character}`;
  return latexOfText(character).trim();
}

/** Takes away the spaces that only kept commands apart. */
export function tidyLatex(latex: string): string {
  return latex
    .replace(/[ \t\n]+/g, " ")
    .replace(/ (?=[}_^\])&]|\\\\)/g, "")
    .replace(/(?<=[{([]) /g, "")
    .trim();
}
