/** Builds small Office packages from the XML that a test is about; everything around it is filled in. */
import { zipOf } from "./read-source.ts";

const officeTypes = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const rels = (entries: string): string =>
  `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${entries}</Relationships>`;
/** One `<Relationship>`; `type` is the last part of the type URI. */
export const rel = (id: string, type: string, target: string, external = false): string =>
  `<Relationship Id="${id}" Type="${officeTypes}/${type}" Target="${target}"${external ? ' TargetMode="External"' : ""}/>`;

const contentTypes =
  '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>%</Types>';

export const wordNamespaces =
  'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture" xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:v="urn:schemas-microsoft-com:vml" xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" xmlns:dgm="http://schemas.openxmlformats.org/drawingml/2006/diagram"';

export interface DocxParts {
  /** Children of `w:body`. */
  body: string;
  styles?: string;
  numbering?: string;
  footnotes?: string;
  endnotes?: string;
  comments?: string;
  /** More `<Relationship>` elements of the document part. */
  relationships?: string;
  /** Further members by name. */
  members?: Readonly<Record<string, string | Uint8Array>>;
  /** Replaces the declarations on the root, e.g. for Strict files. */
  namespaces?: string;
  core?: string;
}

const wordPart = (name: string, content: string): string => `<w:${name} ${wordNamespaces}>${content}</w:${name}>`;

export function docxOf(parts: DocxParts): Promise<Uint8Array> {
  const own = (["styles", "numbering", "footnotes", "endnotes", "comments"] as const).filter(
    (name) => parts[name] !== undefined,
  );
  const members: Record<string, string | Uint8Array> = {
    "[Content_Types].xml": contentTypes.replace(
      "%",
      '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>',
    ),
    "_rels/.rels": rels(
      rel("rId1", "officeDocument", "word/document.xml") +
        (parts.core === undefined
          ? ""
          : '<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/>'),
    ),
    "word/document.xml": `<w:document ${parts.namespaces ?? wordNamespaces}><w:body>${parts.body}</w:body></w:document>`,
    "word/_rels/document.xml.rels": rels(
      own.map((name) => rel(`own-${name}`, name, `${name}.xml`)).join("") + (parts.relationships ?? ""),
    ),
  };
  for (const name of own) members[`word/${name}.xml`] = wordPart(name, parts[name]!);
  if (parts.core !== undefined) {
    members["docProps/core.xml"] =
      `<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/">${parts.core}</cp:coreProperties>`;
  }
  return zipOf({ ...members, ...parts.members });
}

/** A paragraph of one run; `properties` are the children of `w:pPr`, `run` those of `w:rPr`. */
export const p = (text: string, properties = "", run = ""): string =>
  `<w:p>${properties ? `<w:pPr>${properties}</w:pPr>` : ""}<w:r>${run ? `<w:rPr>${run}</w:rPr>` : ""}<w:t xml:space="preserve">${text}</w:t></w:r></w:p>`;
export const style = (id: string, name: string, content = ""): string =>
  `<w:style w:type="paragraph" w:styleId="${id}"><w:name w:val="${name}"/>${content}</w:style>`;
/** A list item of numbering `num`. */
export const item = (text: string, num: number, level = 0): string =>
  p(text, `<w:numPr><w:ilvl w:val="${level}"/><w:numId w:val="${num}"/></w:numPr>`);
export const level = (at: number, format: string, text: string, start = 1): string =>
  `<w:lvl w:ilvl="${at}"><w:start w:val="${start}"/><w:numFmt w:val="${format}"/><w:lvlText w:val="${text}"/></w:lvl>`;
/** A table of rows of cells; a cell is its text or, with `<`, its XML. */
export const table = (rows: readonly (readonly string[])[], properties = ""): string =>
  `<w:tbl>${properties ? `<w:tblPr>${properties}</w:tblPr>` : ""}${rows.map((cells) => `<w:tr>${cells.map((cell) => (cell.startsWith("<") ? `<w:tc>${cell}</w:tc>` : `<w:tc>${p(cell)}</w:tc>`)).join("")}</w:tr>`).join("")}</w:tbl>`;

// ---- presentations ----
export const slideNamespaces =
  'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" xmlns:dgm="http://schemas.openxmlformats.org/drawingml/2006/diagram" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"';

export interface TestSlide {
  /** Children of `p:spTree`. */
  shapes: string;
  /** Attributes of `p:sld`, e.g. `show="0"`. */
  attributes?: string;
  relationships?: string;
  notes?: string;
  /** Further shapes of the notes page. */
  notesShapes?: string;
}
export interface PptxParts {
  slides: readonly TestSlide[];
  /** Children of the layout's `p:spTree`. */
  layout?: string;
  layoutType?: string;
  /** Children of the master's `p:txStyles`. */
  textStyles?: string;
  members?: Readonly<Record<string, string | Uint8Array>>;
}

const spTree = (content: string): string =>
  `<p:cSld><p:spTree><p:nvGrpSpPr/><p:grpSpPr/>${content}</p:spTree></p:cSld>`;

export function pptxOf(parts: PptxParts): Promise<Uint8Array> {
  const members: Record<string, string | Uint8Array> = {
    "[Content_Types].xml": contentTypes.replace(
      "%",
      '<Override PartName="/ppt/presentation.xml" ContentType="application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"/>',
    ),
    "_rels/.rels": rels(rel("rId1", "officeDocument", "ppt/presentation.xml")),
    "ppt/presentation.xml": `<p:presentation ${slideNamespaces}><p:sldIdLst>${parts.slides.map((_, at) => `<p:sldId id="${256 + at}" r:id="s${at + 1}"/>`).join("")}</p:sldIdLst><p:sldSz cx="9144000" cy="6858000"/></p:presentation>`,
    "ppt/_rels/presentation.xml.rels": rels(
      parts.slides.map((_, at) => rel(`s${at + 1}`, "slide", `slides/slide${at + 1}.xml`)).join(""),
    ),
    "ppt/slideLayouts/layout1.xml": `<p:sldLayout ${slideNamespaces} type="${parts.layoutType ?? "obj"}">${spTree(parts.layout ?? "")}</p:sldLayout>`,
    "ppt/slideLayouts/_rels/layout1.xml.rels": rels(rel("rId1", "slideMaster", "../slideMasters/master1.xml")),
    "ppt/slideMasters/master1.xml": `<p:sldMaster ${slideNamespaces}>${spTree("")}<p:txStyles>${parts.textStyles ?? ""}</p:txStyles></p:sldMaster>`,
  };
  for (const [at, slide] of parts.slides.entries()) {
    const name = `ppt/slides/slide${at + 1}.xml`;
    members[name] = `<p:sld ${slideNamespaces} ${slide.attributes ?? ""}>${spTree(slide.shapes)}</p:sld>`;
    const notes = slide.notes === undefined ? "" : rel("notes", "notesSlide", `../notesSlides/notes${at + 1}.xml`);
    members[`ppt/slides/_rels/slide${at + 1}.xml.rels`] = rels(
      rel("layout", "slideLayout", "../slideLayouts/layout1.xml") + notes + (slide.relationships ?? ""),
    );
    if (slide.notes !== undefined) {
      members[`ppt/notesSlides/notes${at + 1}.xml`] =
        `<p:notes ${slideNamespaces}>${spTree(shape(slide.notes, '<p:ph type="body"/>') + (slide.notesShapes ?? ""))}</p:notes>`;
    }
  }
  return zipOf({ ...members, ...parts.members });
}

/** A text shape; `text` with `<` is taken as `a:p` elements. `box` is x, y, width, height in points. */
export function shape(text: string, placeholder = "", box?: readonly [number, number, number, number]): string {
  const emu = box?.map((points) => points * 12_700);
  const transform = emu
    ? `<a:xfrm><a:off x="${emu[0]}" y="${emu[1]}"/><a:ext cx="${emu[2]}" cy="${emu[3]}"/></a:xfrm>`
    : "";
  const paragraphs = text.startsWith("<") ? text : `<a:p><a:r><a:t>${text}</a:t></a:r></a:p>`;
  return `<p:sp><p:nvSpPr><p:cNvPr id="2" name=""/><p:cNvSpPr/><p:nvPr>${placeholder}</p:nvPr></p:nvSpPr><p:spPr>${transform}</p:spPr><p:txBody><a:bodyPr/>${paragraphs}</p:txBody></p:sp>`;
}
