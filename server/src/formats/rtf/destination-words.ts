/** RTF control words that say what their group is: body, header, note, field, picture, table of the head, or nothing to show. */
import type { Block } from "@knowhere/contract";
import type { Action, Words } from "./control-words.ts";
import type { Interpreter } from "./interpreter.ts";

const skip: Action = (run) => {
  run.state.destination = "skip";
};
/** Nothing of its own to show, but groups inside may have. */
const holder: Action = (run) => {
  run.state.destination = "shape_property";
};
const body: Action = (run) => {
  run.state.destination = "body";
};
const header: Action = (run) => run.asides.openFurniture("header");
const footer: Action = (run) => run.asides.openFurniture("footer");
const info =
  (name: string): Action =>
  (run) =>
    run.collect("info_value", (text) => {
      if (text.trim() !== "") run.metadata[name] = text.trim();
    });

/** Words that say what their group is, when they come first in it. */
export const destinationWords: Words = {
  fonttbl: (run) => {
    run.state.destination = "fonts";
  },
  stylesheet: (run) => {
    run.state.destination = "styles";
  },
  colortbl: skip,
  listtable: (run) => {
    run.state.destination = "list";
  },
  list: (run) => {
    run.current.levels = [];
  },
  listlevel: (run) => {
    run.current.levels.push({ numberFormat: 0, start: 1 });
    run.state.destination = "list_level";
  },
  leveltext: skip,
  levelnumbers: skip,
  listname: skip,
  listpicture: skip,
  listoverridetable: (run) => {
    run.state.destination = "list_override";
  },
  info: (run) => {
    run.state.destination = "info";
  },
  title: info("title"),
  subject: info("subject"),
  author: info("author"),
  operator: info("last_modified_by"),
  keywords: info("keywords"),
  doccomm: info("description"),
  company: info("company"),
  category: info("category"),
  manager: info("manager"),
  generator: info("application"),
  creatim: (run) => readTime(run, "created"),
  revtim: (run) => readTime(run, "modified"),
  printim: skip,
  buptim: skip,
  field: (run) => run.openField(),
  fldinst: (run) => {
    run.state.destination = "instruction";
  },
  fldrslt: (run) => run.openFieldResult(),
  pict: (run) => run.asides.openPicture(),
  shppict: body,
  nonshppict: skip,
  object: holder,
  objdata: skip,
  objclass: skip,
  result: body,
  shp: holder,
  shpinst: holder,
  shprslt: skip,
  sp: holder,
  picprop: holder,
  sn: (run) => {
    run.asides.propertyName = "";
    if (run.asides.picture)
      run.collect("property_name", (text) => {
        run.asides.propertyName = text.trim();
      });
    else holder(run, undefined);
  },
  sv: (run) => {
    const { picture } = run.asides;
    if (picture && run.asides.propertyName === "wzDescription")
      run.collect("property_name", (text) => {
        picture.description = text.replace(/\s+/g, " ").trim();
      });
    else holder(run, undefined);
  },
  shptxt: (run) => {
    const outer = run.open;
    run.openFlow((content: Block[]) => {
      if (content.length > 0) outer.flow.attach({ type: "group", role: "textbox", content });
    });
  },
  do: skip,
  footnote: (run) => run.asides.openNote(),
  annotation: (run) => run.asides.openComment(),
  atnauthor: (run) => run.collect("author", (text) => run.asides.setAuthor(text)),
  atnid: skip,
  atnref: skip,
  atndate: skip,
  atrfstart: skip,
  atrfend: skip,
  header: header,
  headerl: header,
  headerr: header,
  headerf: header,
  footer: footer,
  footerl: footer,
  footerr: footer,
  footerf: footer,
  listtext: (run) => run.collect("marker", (text) => setMarker(run, text)),
  pntext: (run) => run.collect("marker", (text) => setMarker(run, text)),
  pn: holder,
  pntxta: skip,
  pntxtb: skip,
  nesttableprops: body,
  nonesttables: skip,
  upr: body,
  ud: body,
  bkmkstart: (run) => {
    const { flow } = run.open;
    run.collect("bookmark", (name) => flow.bookmarks.push(name.trim()));
  },
  bkmkend: skip,
  xe: skip,
  tc: skip,
  ftnsep: skip,
  ftnsepc: skip,
  ftncn: skip,
  aftnsep: skip,
  aftnsepc: skip,
  aftncn: skip,
  pntextlvl: skip,
  themedata: skip,
  colorschememapping: skip,
  latentstyles: skip,
  datastore: skip,
  template: skip,
  xmlnstbl: skip,
  rsidtbl: skip,
  revtbl: skip,
  filetbl: skip,
  background: skip,
  formfield: skip,
  fname: skip,
  mmath: body,
  moMath: body,
  moMathPara: body,
  mmathPict: skip,
};

function setMarker(run: Interpreter, text: string): void {
  const clean = text.replace(/[\s\uf000-\uf0ff·]+/g, " ").trim();
  run.open.flow.marker = clean === "" ? "•" : clean;
}

function readTime(run: Interpreter, name: string): void {
  run.state.destination = "info_value";
  run.state.infoName = name;
}
