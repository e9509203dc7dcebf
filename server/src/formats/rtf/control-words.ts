/** What each RTF control word does inside a group: words that are a character, that set characters, the rest. */
import { pageOfNumber } from "./code-pages.ts";
import type { Interpreter } from "./interpreter.ts";
import { plainParagraph, resetCharacters } from "./state.ts";
import { plainCellDefinition, type Side } from "./table-rows.ts";

export type Action = (run: Interpreter, parameter: number | undefined) => void;
export type Words = Readonly<Record<string, Action>>;

/** Words that stand for a character. */
export const textWords: Readonly<Record<string, string>> = {
  tab: "\t",
  emdash: "—",
  endash: "–",
  lquote: "‘",
  rquote: "’",
  ldblquote: "“",
  rdblquote: "”",
  bullet: "•",
  emspace: " ",
  enspace: " ",
  qmspace: " ",
  zwj: "\u200d",
  zwnj: "\u200c",
  ltrmark: "\u200e",
  rtlmark: "\u200f",
};

const flag =
  (name: "bold" | "italic" | "strike" | "hidden" | "deleted" | "caps"): Action =>
  (run, parameter) => {
    run.state[name] = parameter !== 0;
  };
const underline: Action = (run, parameter) => {
  run.state.underline = parameter !== 0;
};

/** A border of the cell that is being defined; the word after it says whether there is one. */
const border =
  (side: Side): Action =>
  (run) => {
    run.cell = { ...run.cell, borders: [...run.cell.borders.slice(0, 4), side] };
  };
const noBorder: Action = (run) => {
  run.cell = { ...run.cell, borders: run.cell.borders.slice(0, -1) };
};

/** Words that change how characters look. */
export const characterWords: Words = {
  plain: (run) => resetCharacters(run.state),
  b: flag("bold"),
  i: flag("italic"),
  strike: flag("strike"),
  striked: flag("strike"),
  v: flag("hidden"),
  deleted: flag("deleted"),
  caps: flag("caps"),
  ul: underline,
  uld: underline,
  uldb: underline,
  ulw: underline,
  uldash: underline,
  ulwave: underline,
  ulth: underline,
  ulnone: (run) => {
    run.state.underline = false;
  },
  super: (run) => {
    run.state.script = "superscript";
  },
  sub: (run) => {
    run.state.script = "subscript";
  },
  // Raised and lowered by half points: how some writers spell the same.
  up: (run, parameter) => {
    run.state.script = (parameter ?? 6) > 0 ? "superscript" : undefined;
  },
  dn: (run, parameter) => {
    run.state.script = (parameter ?? 6) > 0 ? "subscript" : undefined;
  },
  nosupersub: (run) => {
    run.state.script = undefined;
  },
  highlight: (run, parameter) => {
    run.state.highlight = (parameter ?? 0) > 0;
  },
  uc: (run, parameter) => {
    run.state.unicodeSkip = Math.min(100, Math.max(0, parameter ?? 1));
  },
  f: (run, parameter) => {
    run.state.font = parameter ?? 0;
    if (run.state.destination !== "fonts") return;
    run.current.font = parameter ?? 0;
    const font = run.shared.tables.font(run.current.font);
    run.whenClosedWithText((text) => {
      font.name = text.split(";")[0]!.trim();
    });
  },
};

const timeWords = ["yr", "mo", "dy", "hr", "min"] as const;
const time =
  (at: number): Action =>
  (run, parameter) => {
    if (run.state.infoName === "" || parameter === undefined || parameter < 0) return;
    const parts = String(run.metadata[run.state.infoName] ?? "")
      .split(/[-T:]/)
      .filter(Boolean);
    if (parts.length !== at) return;
    const value = String(parameter).padStart(at === 0 ? 4 : 2, "0");
    run.metadata[run.state.infoName] =
      `${parts.slice(0, 3).join("-")}${parts.length > 3 ? `T${parts.slice(3).join(":")}` : ""}${at === 0 ? "" : at < 3 ? "-" : at === 3 ? "T" : ":"}${value}`;
  };

/** Everything else: paragraphs, tables, pages, and the entries of the head tables. */
export const documentWords: Words = {
  ...Object.fromEntries(timeWords.map((word, at) => [word, time(at)])),
  ansi: (run) => {
    run.documentPage = "cp1252";
  },
  mac: (run) => {
    run.documentPage = "macroman";
  },
  pc: (run) => {
    run.documentPage = "cp437";
  },
  pca: (run) => {
    run.documentPage = "cp850";
  },
  ansicpg: (run, parameter) => {
    run.documentPage = pageOfNumber(parameter ?? 1252);
  },
  deff: (run, parameter) => {
    run.state.font = parameter ?? 0;
  },
  fcharset: (run, parameter) => {
    if (run.state.destination === "fonts") run.shared.tables.setCharset(run.current.font, parameter ?? 0);
  },
  cpg: (run, parameter) => {
    if (run.state.destination === "fonts")
      run.shared.tables.font(run.current.font).page = pageOfNumber(parameter ?? 1252);
  },
  s: (run, parameter) => {
    if (run.state.destination === "styles") openStyle(run, parameter ?? 0, false);
    else run.open.paragraph.style = parameter;
  },
  cs: (run, parameter) => {
    if (run.state.destination === "styles") openStyle(run, 100_000 + (parameter ?? 0), true);
  },
  sbasedon: (run, parameter) => {
    const style = run.shared.tables.styles.get(run.current.style);
    if (style && run.state.destination === "styles") style.basedOn = parameter;
  },
  outlinelevel: (run, parameter) => {
    const style = run.shared.tables.styles.get(run.current.style);
    if (run.state.destination !== "styles") run.open.paragraph.outlineLevel = parameter;
    else if (style) style.outlineLevel = parameter;
  },
  levelnfc: (run, parameter) =>
    setLevel(run, (level) => {
      level.numberFormat = parameter ?? 0;
    }),
  levelnfcn: (run, parameter) =>
    setLevel(run, (level) => {
      level.numberFormat = parameter ?? 0;
    }),
  levelstartat: (run, parameter) =>
    setLevel(run, (level) => {
      level.start = parameter ?? 1;
    }),
  listid: (run, parameter) => {
    if (run.state.destination === "list") run.shared.tables.lists.set(parameter ?? 0, run.current.levels);
    else if (run.state.destination === "list_override") run.current.list = parameter ?? 0;
  },
  ls: (run, parameter) => {
    if (run.state.destination === "list_override") run.shared.tables.overrides.set(parameter ?? 0, run.current.list);
    else if (run.state.destination === "body") run.open.paragraph.list = parameter;
  },
  ilvl: (run, parameter) => {
    run.open.paragraph.level = parameter ?? 0;
  },
  pnlvlblt: (run) => {
    run.open.paragraph.oldNumbering = "bullet";
  },
  pnlvlbody: (run) => {
    run.open.paragraph.oldNumbering = "number";
  },
  ftnalt: (run) => {
    if (!run.asides.currentNote) return;
    run.asides.currentNote.kind = "endnote";
  },
  par: (run) => {
    if (run.state.destination === "body") run.endParagraph();
  },
  line: (run) => {
    if (run.state.destination === "body") run.open.flow.breakLine();
  },
  lbr: (run) => {
    if (run.state.destination === "body") run.open.flow.breakLine();
  },
  pard: (run) => {
    run.open.paragraph = { ...plainParagraph };
  },
  intbl: (run) => {
    run.open.paragraph.inTable = true;
  },
  itap: (run, parameter) => {
    run.open.paragraph.tableLevel = parameter ?? 0;
    run.open.paragraph.inTable = (parameter ?? 0) > 0;
  },
  pagebb: (run) => run.shared.pages.startPage(),
  page: (run) => run.shared.pages.breakPage(),
  sect: (run) => {
    if (run.state.destination === "body") run.endParagraph();
    run.shared.pages.startPage();
  },
  trowd: (run) => {
    run.row = { isHead: false, cells: [] };
  },
  trhdr: (run) => {
    run.row.isHead = true;
  },
  clvmgf: (run) => {
    run.cell = { ...run.cell, vertical: "start" };
  },
  clvmrg: (run) => {
    run.cell = { ...run.cell, vertical: "continue" };
  },
  clmgf: (run) => {
    run.cell = { ...run.cell, horizontal: "start" };
  },
  clmrg: (run) => {
    run.cell = { ...run.cell, horizontal: "continue" };
  },
  cellx: (run, parameter) => {
    if (run.row.cells.length < 1_000) run.row.cells.push({ ...run.cell, edge: parameter ?? 0 });
    run.cell = plainCellDefinition;
  },
  clbrdrt: border("top"),
  clbrdrb: border("bottom"),
  clbrdrl: border("left"),
  clbrdrr: border("right"),
  brdrnone: noBorder,
  brdrnil: noBorder,
  cell: (run) => run.open.flow.endCell(run.open.paragraph, 1),
  row: (run) => run.open.flow.endRow(run.row, 1),
  nestcell: (run) => run.open.flow.endCell(run.open.paragraph, Math.max(2, run.open.paragraph.tableLevel)),
  nestrow: (run) => run.open.flow.endRow(run.row, Math.max(2, run.open.paragraph.tableLevel)),
  pngblip: (run) => run.asides.picture?.setKind("png"),
  jpegblip: (run) => run.asides.picture?.setKind("jpeg"),
  emfblip: (run) => run.asides.picture?.setKind("emf"),
  wmetafile: (run) => run.asides.picture?.setKind("wmf"),
  macpict: (run) => run.asides.picture?.setKind("pict"),
  dibitmap: (run) => run.asides.picture?.setKind("dib"),
};

/** A style entry: its name is the text of its group. */
function openStyle(run: Interpreter, number: number, isCharacter: boolean): void {
  run.current.style = number;
  const style = { name: "", basedOn: undefined, outlineLevel: undefined, isCharacter };
  if (run.shared.tables.styles.size < 20_000) run.shared.tables.styles.set(number, style);
  run.whenClosedWithText((text) => {
    style.name = text.replace(/;\s*$/, "").split(",")[0]!.trim();
  });
}

function setLevel(run: Interpreter, change: (level: { numberFormat: number; start: number }) => void): void {
  const level = run.current.levels[run.current.levels.length - 1];
  if (run.state.destination === "list_level" && level) change(level);
}
