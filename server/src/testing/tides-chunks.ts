/** The chunks of a small document: a text with a picture and a table in it. */
import type { Chunk } from "@knowhere/contract";

const idOf = (digit: number) => `00000000-0000-5000-8000-00000000000${digit}`;
const metadata = (more: Partial<Chunk["metadata"]>): Chunk["metadata"] => ({
  length: 5,
  summary: "",
  keywords: [],
  tokens: [],
  token_count: 2,
  relationships: [],
  connect_to: [],
  page_nums: [1],
  places: [],
  section_level: 1,
  ...more,
});
const embeds = (digit: number, ref: string, start: number) => ({
  target: idOf(digit),
  relation: "embeds" as const,
  ref,
  position: { start, end: start + ref.length },
});

export const tidesChunks: Chunk[] = [
  {
    chunk_id: idOf(1),
    type: "image",
    content: "IMAGE_1_IMAGE",
    path: "images/IMAGE_1.png",
    metadata: metadata({ file_path: "images/IMAGE_1.png" }),
  },
  {
    chunk_id: idOf(2),
    type: "table",
    content: "<table></table>",
    path: "tables/TABLE_1.html",
    metadata: metadata({ file_path: "tables/TABLE_1.html" }),
  },
  {
    chunk_id: idOf(3),
    type: "text",
    content: "IMAGE_1_IMAGE\nTABLE_1_TABLE",
    path: "Default_Root/report.pdf-->Tides-->Gauges",
    metadata: metadata({
      section_level: 2,
      relationships: ["IMAGE_1_IMAGE", "TABLE_1_TABLE"],
      connect_to: [embeds(1, "IMAGE_1_IMAGE", 0), embeds(2, "TABLE_1_TABLE", 14)],
    }),
  },
];
