import { describe, expect, it } from "vitest";
import { PdfWriter } from "../../testing/pdf-writer.ts";
import { PdfFile } from "./file.ts";
import { readOutline } from "./outline.ts";
import { PdfPage } from "./page.ts";

describe("readOutline", () => {
  it("gives titles, depth, page and height in order", async () => {
    const pdf = new PdfWriter({
      outline: [
        { title: "One", page: 0, y: 100, kids: [{ title: "One point one — größer", page: 1, y: 50 }] },
        { title: "Two", page: 1 },
      ],
    });
    pdf.page(300, 400);
    pdf.page(300, 400);
    const file = await PdfFile.open(pdf.bytes(), undefined);
    const outline = readOutline(file);
    const page = PdfPage.open(file, 1)!;
    expect(outline).toMatchObject([
      { title: "One", level: 1, page: 1 },
      { title: "One point one — größer", level: 2, page: 2 },
      { title: "Two", level: 1, page: 2 },
    ]);
    expect(page.fromTop(outline[0]!.y!)).toBe(100);
    expect(outline[2]!.y).toBeUndefined();
    page.close();
    file.close();
  });

  it("ends on bookmarks that lead back to themselves", async () => {
    const pdf = new PdfWriter({
      outline: [
        { title: "One", page: 0 },
        { title: "Two", page: 0 },
      ],
    });
    pdf.page();
    const text = Buffer.from(pdf.bytes()).toString("latin1");
    const [, first] = /\/First (\d+) 0 R/.exec(text)!;
    // The second bookmark's neighbour is the first one again.
    const looped = text.replace(/(\/Title <feff00540077006f>.*?)\/Prev \d+ 0 R/, `$1/Next ${first} 0 R`);
    const file = await PdfFile.open(new Uint8Array(Buffer.from(looped, "latin1")), undefined);
    expect(readOutline(file).map((entry) => entry.title)).toEqual(["One", "Two"]);
    file.close();
  });
});
