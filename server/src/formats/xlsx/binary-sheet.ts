/**
 * Streams one worksheet of a binary workbook ([MS-XLSB] 2.1.7.62) into the same form as one of XML: filled cells row by row,
 * merges, links and hidden rows. Ranges and counts that the part states are bounded like those of XML.
 */
import { type RecordBody, readRecords } from "./binary-records.ts";
import { isWebAddress, type Merge, maxColumns, maxRows } from "./grid.ts";
import { RowBuilder } from "./row-builder.ts";
import { furnitureOf } from "./running-text.ts";
import { maxMerges, type SheetContext, type SheetPart, tidy } from "./sheet-part.ts";

/** What error values show (2.5.97.2 BErr). */
const errors: Readonly<Record<number, string>> = {
  0: "#NULL!",
  7: "#DIV/0!",
  15: "#VALUE!",
  23: "#REF!",
  29: "#NAME?",
  36: "#NUM!",
  42: "#N/A",
  43: "#GETTING_DATA",
};
/** The texts of a header and footer record in order (2.4.60), by the names that XML gives them. */
const runningOrder = ["oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter"];

type ReadValue = (body: RecordBody, style: number) => string;

/** Reads the part. Throws PARSING_FAILED for broken records, LIMIT_EXCEEDED for too many cells. */
export async function readBinarySheet(chunks: AsyncIterable<Uint8Array>, context: SheetContext): Promise<SheetPart> {
  const part: SheetPart = { rows: [], merges: [], links: [], hiddenColumns: 0, running: [] };
  const rows = new RowBuilder(part.rows, context);
  let column = -1;

  const formatted = (value: number, style: number) => tidy(context.styles.format(value, style));
  const rk: ReadValue = (body, style) => formatted(body.rk(), style);
  const real: ReadValue = (body, style) => formatted(body.f64(), style);
  const error: ReadValue = (body) => errors[body.u8()] ?? "";
  const boolean: ReadValue = (body) => (body.u8() === 0 ? "FALSE" : "TRUE");
  const text: ReadValue = (body) => tidy(body.string());
  const shared: ReadValue = (body) => context.strings[body.u32()] ?? "";
  const rich: ReadValue = (body) => tidy(richString(body));
  /** A cell record: its column (or the next one, in the short form), its style, its value, and perhaps its formula. */
  const cell =
    (read: ReadValue, form?: "short" | "formula") =>
    (body: RecordBody): void => {
      column = form === "short" ? column + 1 : body.u32();
      const style = body.u32() & 0xffffff;
      const shown = read(body, style);
      rows.cell(column, shown, style, form === "formula" ? addressOfTokens(body) : undefined);
    };
  await readRecords(chunks, {
    0: (body) => {
      context.signal.throwIfAborted();
      rows.close();
      const index = body.u32();
      body.skip(7);
      rows.open(index, (body.u8() & 0x10) !== 0);
      column = -1;
    },
    // Blank cells move the column on for the short form.
    1: (body) => {
      column = body.u32();
    },
    12: () => {
      column++;
    },
    2: cell(rk),
    3: cell(error),
    4: cell(boolean),
    5: cell(real),
    6: cell(text),
    7: cell(shared),
    8: cell(text, "formula"),
    9: cell(real, "formula"),
    10: cell(boolean, "formula"),
    11: cell(error, "formula"),
    13: cell(rk, "short"),
    14: cell(error, "short"),
    15: cell(boolean, "short"),
    16: cell(real, "short"),
    17: cell(text, "short"),
    18: cell(shared, "short"),
    62: cell(rich),
    // BrtColInfo
    60: (body) => {
      const first = body.u32();
      const last = body.u32();
      body.skip(8);
      if (body.u16() & 1 && first <= last && last < maxColumns) part.hiddenColumns += last - first + 1;
    },
    // BrtMergeCell
    176: (body) => {
      const merge = range(body);
      if (merge && part.merges.length < maxMerges) part.merges.push(merge);
    },
    // BrtHLink
    494: (body) => {
      const linked = range(body);
      const id = body.nullableString();
      const location = body.string();
      if (linked && part.links.length < maxMerges)
        part.links.push({ range: linked, id: id || undefined, location: location || undefined });
    },
    // BrtBeginHeaderFooter
    479: (body) => {
      body.skip(2);
      for (const element of runningOrder)
        if (body.left >= 4) part.running.push(...furnitureOf(element, body.nullableString()));
    },
  });
  rows.finish();
  return part;
}

/** The text of a RichStr (2.5.121); the runs of fonts behind it are not read. */
export function richString(body: RecordBody): string {
  body.skip(1);
  return body.string();
}

/** UncheckedRfX (2.5.154); undefined when it is no place on a sheet. */
function range(body: RecordBody): Merge | undefined {
  const [top, bottom, left, right] = [body.u32(), body.u32(), body.u32(), body.u32()];
  if (top > bottom || left > right || bottom >= maxRows || right >= maxColumns) return undefined;
  return { top, bottom, left, right };
}

/** Tokens of a formula that begins with a literal text and ends with a call of HYPERLINK (2.5.97.87, .97.24, .98.10). */
const stringToken = 0x17;
const callTokens = [0x22, 0x42, 0x62];
const hyperlinkFunction = 359;

/** The address that a HYPERLINK formula names as a literal; undefined for every other formula. */
function addressOfTokens(body: RecordBody): string | undefined {
  if (body.left < 6 + 3) return undefined;
  body.skip(2);
  const length = body.u32();
  if (length < 3 + 4 || length > body.left || body.u8() !== stringToken) return undefined;
  const units = body.u16();
  const between = length - 3 - units * 2 - 4;
  if (between < 0) return undefined;
  const address = body.units(units);
  body.skip(between);
  const isCall = callTokens.includes(body.u8());
  body.skip(1);
  return isCall && body.u16() === hyperlinkFunction && isWebAddress(address) ? address : undefined;
}
