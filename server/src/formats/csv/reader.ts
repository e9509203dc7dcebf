/** Comma-, semicolon-, tab- and pipe-separated values: charset and dialect are found, the rows become one table. */
import { type Paragraph, problem, type Table, type TableRow, type Warning } from "@knowhere/contract";
import { parse } from "csv-parse";
import type { Reader } from "../reader.ts";
import { makeResult } from "../result.ts";
import { decodeText } from "../sniff/charset.ts";
import { hasHeadRow, noDelimiter, sniffDialect } from "./dialect.ts";

/** One cell and one record; a lost quote would otherwise swallow the rest of the file into one cell. */
const maxCellCharacters = 100_000;

const delimiterNames: Readonly<Record<string, string>> = { "\t": "tab", [noDelimiter]: "none" };

export const csvReader: Reader = {
  format: "csv",
  async read(source, context) {
    const decoded = decodeText(await source.bytes());
    const text = decoded.text.replace(/^sep=.\r?\n/i, "");
    if (text.trim() === "") throw problem("EMPTY_DOCUMENT");
    context.progress(1, 0);
    const warnings: Warning[] = [];
    const dialect = sniffDialect(text, decoded.text);
    let records = await readRecords(text, dialect, true, context);
    if (!records) {
      // Quotes that do not pair mean nothing: every line is a record of its own then.
      warnings.push({
        code: "CSV_QUOTES_BROKEN",
        message: "Quotation marks do not pair; they were read as ordinary characters.",
      });
      records = (await readRecords(text, dialect, false, context)) ?? [];
    }
    const lead = leadOf(records);
    const table = tableOf(records.slice(lead.length));
    if (!table) throw problem("EMPTY_DOCUMENT");
    if (decoded.damaged > 0)
      warnings.push({
        code: "CHARSET_DAMAGED",
        message: `${decoded.damaged} places were not valid ${decoded.charset}.`,
        count: decoded.damaged,
      });
    context.progress(1, 1);
    return makeResult({
      format: "csv",
      source,
      content: [...lead.map((line) => paragraphOf(line.join("").trim())), table],
      pages: [{ number: 1, kind: "sheet", width: 0, height: 0 }],
      metadata: { charset: decoded.charset, delimiter: delimiterNames[dialect.delimiter] ?? dialect.delimiter },
      warnings,
    });
  },
};

/** All records, or undefined when the quotes do not pair. */
async function readRecords(
  text: string,
  dialect: { delimiter: string; quote: string },
  quoted: boolean,
  context: { limits: { maxCells: number }; signal: AbortSignal },
): Promise<string[][] | undefined> {
  const records: string[][] = [];
  let cells = 0;
  const parser = parse(text, {
    delimiter: dialect.delimiter,
    quote: quoted ? dialect.quote : null,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: maxCellCharacters * 10,
  });
  try {
    for await (const record of parser as AsyncIterable<string[]>) {
      cells += record.length;
      if (cells > context.limits.maxCells) {
        throw problem("LIMIT_EXCEEDED", {
          limit: "cells",
          message: `The file has more than ${context.limits.maxCells} cells. Split it into smaller ones.`,
        });
      }
      if (cells % 1000 < record.length) context.signal.throwIfAborted();
      if (record.some((cell) => cell.length > maxCellCharacters) && quoted) return undefined;
      records.push(record.map((cell) => cell.trim()));
    }
  } catch (error) {
    if (error instanceof Error && "code" in error && String(error.code).startsWith("CSV_")) {
      if (quoted) return undefined;
      throw problem(
        "PARSING_FAILED",
        { message: "Unable to parse document: a line of the file is longer than a record may be." },
        { cause: error },
      );
    }
    throw error;
  } finally {
    parser.destroy();
  }
  return records;
}

/** More lines than this over a table are a column of their own. */
const maxLead = 10;

/** Lines of one cell in front of the first record of several: what a report says about itself before its table. */
function leadOf(records: readonly string[][]): string[][] {
  const filledOf = (record: readonly string[]) => record.filter((cell) => cell !== "").length;
  const at = records.findIndex((record) => filledOf(record) > 1);
  if (at < 1 || at > maxLead) return [];
  const width = records.slice(at).reduce((widest, record) => Math.max(widest, filledOf(record)), 0);
  const isFirstCell = records.slice(0, at).every((record) => record[0] !== "" || filledOf(record) === 0);
  return isFirstCell && filledOf(records[at]!) > width / 2 ? records.slice(0, at) : [];
}

function paragraphOf(text: string): Paragraph {
  return { type: "paragraph", content: [{ type: "text", text }] };
}

/** Records as a table of equal rows; columns that are empty throughout at the right end are dropped. */
function tableOf(records: string[][]): Table | undefined {
  const filled = records.filter((record) => record.some((cell) => cell !== ""));
  let width = 0;
  for (const record of filled) {
    let length = record.length;
    while (length > 0 && record[length - 1] === "") length--;
    width = Math.max(width, length);
  }
  if (width === 0) return undefined;
  const headRows = hasHeadRow(filled) ? 1 : 0;
  const rows = filled.map((record, index): TableRow => {
    // Wide rows are rare: padding is bounded by the widest row times the rows, which the ragged rows must not exploit.
    const padded = width <= 1000 ? width : Math.min(width, record.length);
    return {
      cells: Array.from({ length: padded }, (_, column) => ({
        text: record[column] ?? "",
        ...(index < headRows ? { header: true } : {}),
      })),
    };
  });
  return { type: "table", rows, headRows };
}
