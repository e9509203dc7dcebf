/** Makes examples/report.pdf: a small report with headings, a table, a figure and several pages. `node --conditions=source --import tsx scripts/make-example.ts` */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { PdfWriter } from "../server/src/testing/pdf-writer.ts";

const leftPt = 72;
const linePt = 14;

/** Three A4 pages; the same bytes every time. */
export function makeReport(): Uint8Array {
  const pdf = new PdfWriter({
    info: { Title: "Harbour Report" },
    outline: [
      {
        title: "Harbour Report",
        page: 0,
        y: 60,
        kids: [
          { title: "1 Traffic", page: 0, y: 170 },
          { title: "2 Tides", page: 1, y: 60 },
          { title: "3 Outlook", page: 2, y: 60 },
        ],
      },
    ],
  });
  const write = (page: ReturnType<PdfWriter["page"]>, lines: string[], y: number) => {
    lines.forEach((line, index) => {
      page.text(line, leftPt, y + index * linePt, { size: 11 });
    });
    return y + lines.length * linePt;
  };
  const heading = (page: ReturnType<PdfWriter["page"]>, text: string, y: number, size = 16) =>
    page.text(text, leftPt, y, { size, font: "Helvetica-Bold" });

  const first = pdf.page();
  heading(first, "Harbour Report", 80, 24);
  write(
    first,
    [
      "This report tells how many ships called at the harbour, what the tides did,",
      "and what the harbour master expects of the coming year.",
    ],
    110,
  );
  heading(first, "1 Traffic", 180);
  write(first, ["Traffic grew in every quarter but the second, when the lock was being repaired."], 205);
  const rows = [
    ["Quarter", "Ships", "Tonnes"],
    ["First", "412", "81,300"],
    ["Second", "287", "55,120"],
    ["Third", "533", "102,900"],
    ["Fourth", "548", "107,450"],
  ];
  rows.forEach((row, r) => {
    row.forEach((text, c) => {
      first.text(text, 80 + c * 120, 245 + r * 20, { size: 10, ...(r === 0 ? { font: "Helvetica-Bold" } : {}) });
    });
  });
  for (let r = 0; r <= rows.length; r++) first.line(72, 231 + r * 20, 432, 231 + r * 20);
  for (let c = 0; c <= 3; c++) first.line(72 + c * 120, 231, 72 + c * 120, 331);

  const second = pdf.page();
  heading(second, "2 Tides", 80);
  write(
    second,
    [
      "The highest tide of the year came in October and stayed below the quay by",
      "forty centimetres. The gauges were read every hour:",
    ],
    105,
  );
  ["at the lock,", "at the fish market,", "at the outer mole."].forEach((item, index) => {
    second.text(`- ${item}`, 84, 145 + index * linePt, { size: 11 });
  });

  const third = pdf.page();
  heading(third, "3 Outlook", 80);
  write(
    third,
    [
      "The harbour master expects six hundred ships a quarter once the second lock",
      "opens, and asks for two more gauges.",
    ],
    105,
  );
  return pdf.bytes();
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(new URL("../examples/report.pdf", import.meta.url), makeReport());
