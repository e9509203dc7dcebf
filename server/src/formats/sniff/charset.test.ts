import iconv from "iconv-lite";
import { describe, expect, it } from "vitest";
import { decodeText } from "./charset.ts";

const russian =
  "Съешь же ещё этих мягких французских булок, да выпей чаю. Широкая электрификация южных губерний даст мощный толчок.";
const japanese =
  "吾輩は猫である。名前はまだ無い。どこで生れたかとんと見当がつかぬ。何でも薄暗いじめじめした所で泣いていた。";

describe("decodeText", () => {
  it.each([
    ["utf-8", "naïve café ☕", {}],
    ["utf-16le", "\ufeffnaïve", {}],
    ["utf-16be", "\ufeffnaïve", {}],
    ["windows-1251", russian, {}],
    ["shift_jis", japanese, {}],
    ["gb18030", "中华人民共和国中央人民政府今天在北京成立了，各民族人民大团结万岁。", {}],
    ["iso-8859-2", "Příliš žluťoučký kůň", { declared: "iso-8859-2" }],
  ])("reads %s", (charset, text, options) => {
    const bytes = iconv.encode(text, charset, { addBOM: false });
    expect(decodeText(new Uint8Array(bytes), options).text).toBe(text.replace("\ufeff", ""));
  });

  it("reads ISO-2022-JP, which looks like ASCII, when it is declared", () => {
    const bytes = new Uint8Array(Buffer.from('\x1b$B$"$$\x1b(B!', "latin1"));
    expect(decodeText(bytes, { declared: "ISO-2022-JP" }).text).toBe("あい!");
  });

  it("believes valid UTF-8 over a wrong declaration", () => {
    expect(decodeText(new TextEncoder().encode("Größe"), { declared: "iso-8859-1" }).text).toBe("Größe");
  });

  it("gives composed characters (NFC)", () => {
    expect(decodeText(new TextEncoder().encode("e\u0301")).text).toBe("é");
  });

  it("finds UTF-16 without a mark by its zero bytes", () => {
    expect(decodeText(new Uint8Array(Buffer.from("plain words", "utf16le"))).text).toBe("plain words");
  });
});
