/**
 * A small PDF writer for tests and fixtures: pages of text, paths and pictures at given places, outlines, tags, links, layers,
 * attachments and passwords. It writes what it is told and nothing else, so that a test shows the one thing it is about.
 *
 * Coordinates are points from the top left of the page's media box, y downwards; text is placed by its baseline.
 */
import { encryptStream, fileId, keysOf } from "./pdf-encryption.ts";
import { escaped, fontKey, layerKey, PdfPageWriter } from "./pdf-page-writer.ts";

export interface OutlineItem {
  title: string;
  /** Index of the page from 0. */
  page: number;
  y?: number;
  kids?: OutlineItem[];
}
export interface TagItem {
  type: string;
  page?: number;
  kids: (number | TagItem)[];
  alt?: string;
  attributes?: string;
}
export interface PdfOptions {
  info?: Record<string, string>;
  language?: string;
  outline?: OutlineItem[];
  tags?: TagItem[];
  /** Optional-content layers by name, shown or not. */
  layers?: Record<string, boolean>;
  attachments?: Record<string, string>;
  password?: string;
  /** Page labels dictionary entries, e.g. "0 << /S /r >>". */
  pageLabels?: string;
  /** Number of pages the page tree claims; for broken files. */
  claimedPages?: number;
}

const utf16 = (text: string): string => `<feff${Buffer.from(text, "utf16le").swap16().toString("hex")}>`;

export class PdfWriter {
  readonly pages: PdfPageWriter[] = [];
  readonly #options: PdfOptions;
  readonly #codes = new Map<string, number>();
  #objects: (Buffer | null)[] = [];

  constructor(options: PdfOptions = {}) {
    this.#options = options;
  }

  /** A new page; A4 unless said otherwise. */
  page(width = 595, height = 842, extra = ""): PdfPageWriter {
    const page = new PdfPageWriter(width, height, extra, this.#codes);
    this.pages.push(page);
    return page;
  }

  bytes(): Uint8Array {
    this.#objects = [];
    const catalog = this.#reserve();
    const tree = this.#reserve();
    const refs = this.pages.map(() => this.#reserve());
    const fonts = this.#writeFonts();
    const layers = this.#writeLayers();
    for (const [index, page] of this.pages.entries()) this.#writePage(page, refs[index]!, tree, fonts, layers, refs);
    const count = this.#options.claimedPages ?? this.pages.length;
    this.#set(tree, `<< /Type /Pages /Count ${count} /Kids [${refs.map((ref) => `${ref} 0 R`).join(" ")}] >>`);
    const entries = [`/Type /Catalog /Pages ${tree} 0 R`, ...this.#catalogEntries(refs, layers)];
    this.#set(catalog, `<< ${entries.join(" ")} >>`);
    const info = Object.entries(this.#options.info ?? {}).map(([key, value]) => `/${key} ${utf16(value)}`);
    const infoRef =
      info.length > 0 && this.#options.password === undefined ? this.#add(`<< ${info.join(" ")} >>`) : undefined;
    return this.#assemble(catalog, infoRef);
  }

  #reserve(): number {
    this.#objects.push(null);
    return this.#objects.length;
  }
  #set(ref: number, body: string | Buffer): void {
    this.#objects[ref - 1] = Buffer.isBuffer(body) ? body : Buffer.from(body, "latin1");
  }
  #add(body: string | Buffer): number {
    const ref = this.#reserve();
    this.#set(ref, body);
    return ref;
  }
  #stream(dictionary: string, data: Buffer): number {
    const ref = this.#reserve();
    const shown =
      this.#options.password === undefined ? data : encryptStream(data, ref, keysOf(this.#options.password).key);
    this.#set(
      ref,
      Buffer.concat([
        Buffer.from(`<< ${dictionary} /Length ${shown.length} >>\nstream\n`),
        shown,
        Buffer.from("\nendstream"),
      ]),
    );
    return ref;
  }

  #writeFonts(): string {
    const names = new Set(this.pages.flatMap((page) => [...page.fonts]));
    const entries = [...names].map((name) => {
      const plain = `<< /Type /Font /Subtype /Type1 /BaseFont /${name} /Encoding /WinAnsiEncoding >>`;
      return `/${fontKey(name)} ${this.#add(name === "Unicode" ? this.#unicodeFont() : plain)} 0 R`;
    });
    return `/Font << ${entries.join(" ")} >>`;
  }

  /** Type 0, Identity-H, no outlines: every character is half an em wide and known by its ToUnicode entry alone. */
  #unicodeFont(): string {
    const maps = [...this.#codes].map(([sign, code]) => {
      const target = Buffer.from(sign, "utf16le").swap16().toString("hex");
      return `<${code.toString(16).padStart(4, "0")}> <${target}>`;
    });
    const cmap = `/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /T def /CMapType 2 def
1 begincodespacerange <0000> <ffff> endcodespacerange
${maps.length} beginbfchar\n${maps.join("\n")}\nendbfchar\nendcmap end end`;
    const toUnicode = this.#stream("", Buffer.from(cmap));
    const descriptor = this.#add(
      "<< /Type /FontDescriptor /FontName /Test /Flags 4 /FontBBox [0 -200 500 800] /ItalicAngle 0 /Ascent 800 /Descent -200 /CapHeight 700 /StemV 80 >>",
    );
    const descendant = this.#add(
      `<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Test /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /FontDescriptor ${descriptor} 0 R /DW 500 /CIDToGIDMap /Identity >>`,
    );
    return `<< /Type /Font /Subtype /Type0 /BaseFont /Test /Encoding /Identity-H /DescendantFonts [${descendant} 0 R] /ToUnicode ${toUnicode} 0 R >>`;
  }

  #writeLayers(): Map<string, number> {
    return new Map(
      Object.keys(this.#options.layers ?? {}).map((name) => [name, this.#add(`<< /Type /OCG /Name ${utf16(name)} >>`)]),
    );
  }

  #writePage(
    page: PdfPageWriter,
    ref: number,
    tree: number,
    fonts: string,
    layers: Map<string, number>,
    refs: number[],
  ): void {
    const properties = `/Properties << ${[...layers].map(([name, layer]) => `/${layerKey(name)} ${layer} 0 R`).join(" ")} >>`;
    const objects = page.images.map((image, index) => {
      const mask = image.mask
        ? this.#stream(
            `/Type /XObject /Subtype /Image /Width ${image.width} /Height ${image.height} /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /FlateDecode`,
            image.mask,
          )
        : undefined;
      const dictionary = `/Type /XObject /Subtype /Image /Width ${image.width} /Height ${image.height} ${image.dictionary}${mask ? ` /SMask ${mask} 0 R` : ""}`;
      return `/Im${index} ${this.#stream(dictionary, image.data)} 0 R`;
    });
    page.forms.forEach((operators, index) => {
      const dictionary = `/Type /XObject /Subtype /Form /BBox [-10000 -10000 10000 10000] /Resources << ${fonts} ${properties} >>`;
      objects.push(`/Fm${index} ${this.#stream(dictionary, Buffer.from(operators, "latin1"))} 0 R`);
    });
    const content = this.#stream("", Buffer.from(page.content, "latin1"));
    const annotations = page.annotations.map((body) => {
      const target = body.replace(/\/Dest \[(\d+) /, (_all, index: string) => `/Dest [${refs[Number(index)]} 0 R `);
      return `${this.#add(target)} 0 R`;
    });
    const index = this.pages.indexOf(page);
    const structure = this.#options.tags ? `/StructParents ${index}` : "";
    this.#set(
      ref,
      `<< /Type /Page /Parent ${tree} 0 R /MediaBox [0 0 ${page.width} ${page.height}] /Contents ${content} 0 R ${structure} ${page.extra}
/Resources << ${fonts} ${properties} /XObject << ${objects.join(" ")} >> >>${annotations.length > 0 ? ` /Annots [${annotations.join(" ")}]` : ""} >>`,
    );
  }

  #catalogEntries(refs: number[], layers: Map<string, number>): string[] {
    const { outline, tags, language, attachments, pageLabels } = this.#options;
    const entries: string[] = [];
    if (language) entries.push(`/Lang (${language})`);
    if (pageLabels) entries.push(`/PageLabels << /Nums [${pageLabels}] >>`);
    if (outline) {
      const root = this.#reserve();
      const [first, last] = this.#writeOutline(outline, root, refs);
      this.#set(root, `<< /Type /Outlines /First ${first} 0 R /Last ${last} 0 R /Count ${outline.length} >>`);
      entries.push(`/Outlines ${root} 0 R`);
    }
    if (tags) entries.push(`/MarkInfo << /Marked true >> /StructTreeRoot ${this.#writeTags(tags, refs)} 0 R`);
    if (layers.size > 0) {
      const off = [...layers].filter(([name]) => this.#options.layers![name] === false).map(([, ref]) => `${ref} 0 R`);
      const all = [...layers.values()].map((ref) => `${ref} 0 R`).join(" ");
      entries.push(`/OCProperties << /OCGs [${all}] /D << /OFF [${off.join(" ")}] /Order [${all}] >> >>`);
    }
    const fields = this.#fieldRefs();
    if (fields.length > 0) entries.push(`/AcroForm << /Fields [${fields.join(" ")}] >>`);
    if (attachments) {
      const names = Object.entries(attachments).map(([name, text]) => {
        const file = this.#stream("/Type /EmbeddedFile /Subtype /text#2Fplain", Buffer.from(text));
        return `(${escaped(name)}) ${this.#add(`<< /Type /Filespec /F (${escaped(name)}) /UF ${utf16(name)} /EF << /F ${file} 0 R >> >>`)} 0 R`;
      });
      entries.push(`/Names << /EmbeddedFiles << /Names [${names.join(" ")}] >> >>`);
    }
    return entries;
  }

  /** Widgets are their own fields. */
  #fieldRefs(): string[] {
    const out: string[] = [];
    this.#objects.forEach((body, index) => {
      if (body?.includes("/Subtype /Widget")) out.push(`${index + 1} 0 R`);
    });
    return out;
  }

  #writeOutline(items: OutlineItem[], parent: number, refs: number[]): [number, number] {
    const own = items.map(() => this.#reserve());
    items.forEach((item, index) => {
      const page = this.pages[item.page];
      const top = item.y === undefined || !page ? "/Fit" : `/XYZ 0 ${page.height - item.y} 0`;
      const kids = item.kids?.length ? this.#writeOutline(item.kids, own[index]!, refs) : undefined;
      this.#set(
        own[index]!,
        `<< /Title ${utf16(item.title)} /Parent ${parent} 0 R /Dest [${refs[item.page] ?? 9999} 0 R ${top}]${index > 0 ? ` /Prev ${own[index - 1]} 0 R` : ""}${own[index + 1] ? ` /Next ${own[index + 1]} 0 R` : ""}${kids ? ` /First ${kids[0]} 0 R /Last ${kids[1]} 0 R /Count ${item.kids!.length}` : ""} >>`,
      );
    });
    return [own[0]!, own.at(-1)!];
  }

  #writeTags(items: TagItem[], refs: number[]): number {
    const root = this.#reserve();
    const owners = new Map<number, Map<number, number>>();
    const write = (item: TagItem, parent: number, page: number): number => {
      const ref = this.#reserve();
      const own = item.page ?? page;
      const kids = item.kids.map((kid) => {
        if (typeof kid !== "number") return `${write(kid, ref, own)} 0 R`;
        const map = owners.get(own) ?? new Map<number, number>();
        owners.set(own, map.set(kid, ref));
        return String(kid);
      });
      const alt = item.alt === undefined ? "" : `/Alt ${utf16(item.alt)}`;
      const attributes = item.attributes === undefined ? "" : `/A << ${item.attributes} >>`;
      this.#set(
        ref,
        `<< /Type /StructElem /S /${item.type} /P ${parent} 0 R /Pg ${refs[own]} 0 R ${alt} ${attributes} /K [${kids.join(" ")}] >>`,
      );
      return ref;
    };
    const kids = items.map((item) => `${write(item, root, 0)} 0 R`);
    const nums = [...owners].map(([page, map]) => {
      const highest = Math.max(...map.keys());
      const list = Array.from({ length: highest + 1 }, (_, mcid) => (map.has(mcid) ? `${map.get(mcid)} 0 R` : "null"));
      return `${page} [${list.join(" ")}]`;
    });
    const parents = this.#add(`<< /Nums [${nums.join(" ")}] >>`);
    this.#set(root, `<< /Type /StructTreeRoot /K [${kids.join(" ")}] /ParentTree ${parents} 0 R >>`);
    return root;
  }

  #assemble(catalog: number, info: number | undefined): Uint8Array {
    const { password } = this.#options;
    const keys = password === undefined ? undefined : keysOf(password);
    const encryption = keys
      ? this.#add(
          `<< /Filter /Standard /V 2 /R 3 /Length 128 /P -4 /O <${keys.owner.toString("hex")}> /U <${keys.user.toString("hex")}> >>`,
        )
      : undefined;
    const parts: Buffer[] = [Buffer.from("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "latin1")];
    const offsets: number[] = [];
    let at = parts[0]!.length;
    this.#objects.forEach((body, index) => {
      offsets.push(at);
      const object = Buffer.concat([
        Buffer.from(`${index + 1} 0 obj\n`),
        body ?? Buffer.from("null"),
        Buffer.from("\nendobj\n"),
      ]);
      parts.push(object);
      at += object.length;
    });
    const table = offsets.map((offset) => `${String(offset).padStart(10, "0")} 00000 n \n`).join("");
    const id = fileId.toString("hex");
    const secured = encryption === undefined ? "" : `/Encrypt ${encryption} 0 R /ID [<${id}> <${id}>]`;
    const named = info === undefined ? "" : `/Info ${info} 0 R`;
    parts.push(
      Buffer.from(
        `xref\n0 ${offsets.length + 1}\n0000000000 65535 f \n${table}trailer\n<< /Size ${offsets.length + 1} /Root ${catalog} 0 R ${named} ${secured} >>\nstartxref\n${at}\n%%EOF\n`,
      ),
    );
    return new Uint8Array(Buffer.concat(parts));
  }
}
