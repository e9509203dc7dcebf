/** Lifts pictures out of lines of text, so that each can have its own line and chunk. */
import type { Block, Figure, Heading, Inline, Paragraph } from "@knowhere/contract";
import { plainInlines } from "../../document/inlines.ts";

type Image = Extract<Inline, { type: "image" }>;

/**
 * The same blocks with every picture that has a file as a figure of its own: a paragraph is cut in two around it, one in a
 * heading follows the heading. Pictures in table cells stay where they are. `has` says which assets have a file.
 */
export function liftPictures(blocks: readonly Block[], has: (asset: string) => boolean): Block[] {
  return blocks.flatMap((block): Block[] => {
    switch (block.type) {
      case "paragraph":
        return splitParagraph(block, has);
      case "heading":
        return splitHeading(block, has);
      case "list":
        return [
          { ...block, items: block.items.map((item) => ({ ...item, content: liftPictures(item.content, has) })) },
        ];
      case "definitions":
        return [
          {
            ...block,
            items: block.items.map((item) => ({
              ...item,
              definitions: item.definitions.map((definition) => liftPictures(definition, has)),
            })),
          },
        ];
      case "quote":
      case "note":
      case "group":
      case "furniture":
        return [{ ...block, content: liftPictures(block.content, has) }];
      default:
        return [block];
    }
  });
}

function splitParagraph(paragraph: Paragraph, has: (asset: string) => boolean): Block[] {
  if (!holdsPicture(paragraph.content, has)) return [paragraph];
  const out: Block[] = [];
  let run: Inline[] = [];
  const flush = () => {
    const content = run;
    run = [];
    const says = content.some((node) => node.type !== "break" && (node.type !== "text" || node.text.trim() !== ""));
    if (says) out.push({ ...paragraph, content });
  };
  for (const node of paragraph.content) {
    const { kept, pictures } = takePictures(node, has);
    if (kept !== undefined) run.push(kept);
    if (pictures.length === 0) continue;
    flush();
    out.push(...pictures.map((picture) => figureOf(picture, paragraph)));
  }
  flush();
  return out;
}

function splitHeading(heading: Heading, has: (asset: string) => boolean): Block[] {
  if (!holdsPicture(heading.content, has)) return [heading];
  const taken = heading.content.map((node) => takePictures(node, has));
  const content = taken.flatMap((piece) => (piece.kept === undefined ? [] : [piece.kept]));
  const pictures = taken.flatMap((piece) => piece.pictures);
  const named =
    plainInlines(content).trim() === ""
      ? pictures
          .map((picture) => picture.alt)
          .join(" ")
          .trim()
      : "";
  return [
    { ...heading, content: named === "" ? content : [{ type: "text", text: named }] },
    ...pictures.map((picture) => figureOf(picture, heading)),
  ];
}

function holdsPicture(content: readonly Inline[], has: (asset: string) => boolean): boolean {
  return content.some((node) =>
    node.type === "image" ? isFile(node, has) : "content" in node && holdsPicture(node.content, has),
  );
}

function isFile(node: Image, has: (asset: string) => boolean): boolean {
  return node.asset !== undefined && has(node.asset);
}

/** The node without its pictures (undefined when nothing is left), and those pictures. */
function takePictures(node: Inline, has: (asset: string) => boolean): { kept?: Inline; pictures: Image[] } {
  if (node.type === "image") return isFile(node, has) ? { pictures: [node] } : { kept: node, pictures: [] };
  if (!("content" in node) || !holdsPicture(node.content, has)) return { kept: node, pictures: [] };
  const taken = node.content.map((child) => takePictures(child, has));
  const content = taken.flatMap((piece) => (piece.kept === undefined ? [] : [piece.kept]));
  const pictures = taken.flatMap((piece) => piece.pictures);
  return content.length === 0 ? { pictures } : { kept: { ...node, content }, pictures };
}

function figureOf(picture: Image, owner: Paragraph | Heading): Figure {
  return {
    type: "figure",
    asset: picture.asset,
    ...(picture.alt === "" ? {} : { alt: picture.alt }),
    ...(owner.places === undefined ? {} : { places: owner.places }),
    ...(owner.source === undefined ? {} : { source: owner.source }),
  };
}
