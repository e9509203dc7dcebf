/** What an RTF file sets beside its text: notes, comments, headers and footers, pictures. */
import type { Furniture, Note } from "@knowhere/contract";
import { plainBlocks } from "../../document/plain.ts";
import type { Interpreter } from "./interpreter.ts";
import { PictureBuilder } from "./picture.ts";

export class Asides {
  readonly notes: Note[] = [];
  readonly headers: Furniture[] = [];
  readonly footers: Furniture[] = [];
  currentNote: Note | undefined;
  picture: PictureBuilder | undefined;
  /** Of the property of a picture that is being read. */
  propertyName = "";
  #author = "";
  #commentCount = 0;

  constructor(private readonly run: Interpreter) {}

  openNote(): void {
    const isInNote = this.run.flowDepth > 1;
    const number = this.notes.filter((note) => note.kind !== "comment").length + 1;
    const note: Note = {
      type: "note",
      note: `footnote-${number}`,
      label: String(number),
      kind: "footnote",
      content: [],
      places: [{ page: this.run.shared.pages.current }],
    };
    if (!isInNote) {
      this.notes.push(note);
      this.run.open.flow.spans.noteRef(note.note, note.label);
    }
    this.run.openFlow((blocks) => {
      note.content = blocks;
    });
    this.currentNote = note;
  }
  openComment(): void {
    const number = ++this.#commentCount;
    const outer = this.run.open;
    const label = this.#author === "" ? `Comment ${number}` : `Comment ${number} (${this.#author})`;
    const page = this.run.shared.pages.current;
    outer.flow.spans.noteRef(`comment-${number}`, label);
    this.run.openFlow((content) => {
      if (content.length > 0)
        outer.flow.attach({
          type: "note",
          note: `comment-${number}`,
          label,
          kind: "comment",
          content,
          places: [{ page }],
        });
    });
  }

  setAuthor(name: string): void {
    this.#author = name.trim();
  }

  openFurniture(role: "header" | "footer"): void {
    const page = this.run.shared.pages.current;
    const list = role === "header" ? this.headers : this.footers;
    this.run.openFlow((content) => {
      const text = plainBlocks(content).trim();
      if (text === "" || list.some((known) => plainBlocks(known.content).trim() === text)) return;
      const isNumber = /^[\s\-–—|]*(?:page\s*)?\d{0,6}(?:\s*(?:\/|of|von|de|sur)\s*\d{0,6})?[\s\-–—|]*$/i.test(text);
      list.push({ type: "furniture", role: isNumber ? "page_number" : role, content, places: [{ page }] });
    });
  }

  openPicture(): void {
    if (this.picture) {
      this.run.state.destination = "skip";
      return;
    }
    const picture = new PictureBuilder();
    this.picture = picture;
    this.run.state.destination = "picture";
    this.run.whenClosed(() => {
      this.picture = undefined;
      const { asset, isTooLarge } = picture.finish(this.run.assets);
      if (asset) {
        this.run.shared.pages.sawText();
        this.run.open.flow.spans.node({ type: "image", asset: asset.id, alt: picture.description });
      } else if (isTooLarge || !picture.isEmpty) {
        this.run.warnings.push({
          code: "PICTURE_UNREADABLE",
          message: "A picture could not be read and was left out.",
        });
      }
    });
  }
}
