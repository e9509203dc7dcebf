/** A chart as the table behind it: categories down, series across, from the values cached in the chart part or from the cells. */
import type { Table, TableRow } from "@knowhere/contract";
import { childOf, childrenOf, descendantsOf, findElement, pathOf, textOf, type XmlElement } from "../xml/element.ts";

/** Points of one series and series of one chart: more is no figure for a reader. */
const maxPoints = 5_000;
const maxSeries = 256;

/** The texts of the cells that a reference names ("Sheet!$A$1:$A$9"), row by row; none where there are no such cells. */
export type CellTexts = (reference: string) => readonly string[];
const noCells: CellTexts = () => [];

/** Reads a `c:chartSpace`; undefined when it has no values. Programs other than Excel often cache none. */
export function tableOfChart(root: XmlElement, cellTexts: CellTexts = noCells): Table | undefined {
  const chart = childOf(root, "c:chart") ?? root;
  const series = descendantsOf(childOf(chart, "c:plotArea"), "c:ser").slice(0, maxSeries);
  if (series.length === 0) return undefined;
  const columns = series.map((one, index) => ({
    name: nameOf(one, cellTexts) || `Series ${index + 1}`,
    // Scatter and bubble charts keep their pairs in xVal and yVal.
    categories: pointsOf(childOf(one, "c:cat") ?? childOf(one, "c:xVal"), cellTexts),
    values: pointsOf(childOf(one, "c:val") ?? childOf(one, "c:yVal"), cellTexts),
  }));
  const categories = columns.map((c) => c.categories).reduce((a, b) => (b.length > a.length ? b : a));
  const height = Math.max(categories.length, ...columns.map((column) => column.values.length));
  if (height === 0) return undefined;
  const rows: TableRow[] = [
    { cells: ["", ...columns.map((column) => column.name)].map((text) => ({ text, header: true })) },
  ];
  for (let at = 0; at < height; at++) {
    rows.push({
      cells: [
        { text: categories[at] ?? "", header: true },
        ...columns.map((column) => ({ text: column.values[at] ?? "" })),
      ],
    });
  }
  const title = textOf(runsOnly(childOf(chart, "c:title"))).trim();
  return {
    type: "table",
    rows,
    headRows: 1,
    ...(title ? { caption: [{ type: "text", text: title }], name: title } : {}),
  };
}

function nameOf(series: XmlElement, cellTexts: CellTexts): string {
  const name = childOf(series, "c:tx");
  return textOf(findElement(name, "c:v")).trim() || (cellTexts(referenceIn(name))[0] ?? "");
}

const referenceIn = (source: XmlElement | undefined): string => textOf(findElement(source, "c:f")).trim();

/** Rich text without formatting codes. */
function runsOnly(title: XmlElement | undefined): XmlElement {
  const runs = descendantsOf(title, "a:t");
  const cached = runs.length > 0 ? runs : descendantsOf(title, "c:v");
  return { name: "", attributes: {}, children: cached };
}

/** The cached points of a reference or literal, by index; multi-level categories are joined from the outside in. */
function pointsOf(source: XmlElement | undefined, cellTexts: CellTexts): string[] {
  const levels = descendantsOf(source, "c:lvl");
  if (levels.length > 0) {
    const byLevel = levels.map((level) => pointsOfCache(level));
    return byLevel[0]!.map((_, at) =>
      byLevel
        .map((level) => level[at] ?? "")
        .reverse()
        .filter(Boolean)
        .join(" / "),
    );
  }
  const cache = ["c:numCache", "c:strCache", "c:numLit", "c:strLit"]
    .map((name) => findElement(source, name))
    .find(Boolean);
  const cached = cache ? pointsOfCache(cache) : [];
  return cached.length > 0 ? cached : cellTexts(referenceIn(source)).slice(0, maxPoints);
}

function pointsOfCache(cache: XmlElement): string[] {
  const format = textOf(childOf(cache, "c:formatCode"));
  const declared = Number(pathOf(cache, "c:ptCount")?.attributes["val"] ?? 0);
  const points: string[] = [];
  for (const point of childrenOf(cache, "c:pt")) {
    const at = Number(point.attributes["idx"]);
    if (Number.isInteger(at) && at >= 0 && at < maxPoints)
      points[at] = shownValue(textOf(childOf(point, "c:v")), format);
  }
  const length = Math.min(
    maxPoints,
    Math.max(points.length, Number.isFinite(declared) && points.length > 0 ? declared : 0),
  );
  return Array.from({ length }, (_, at) => points[at] ?? "");
}

/** Binary noise of stored doubles is cut and percentages are shown as such. */
function shownValue(value: string, format: string): string {
  const number = Number(value);
  if (value.trim() === "" || !Number.isFinite(number)) return value.trim();
  const isPercent = /%\s*$/.test(format);
  return isPercent ? `${Number((number * 100).toPrecision(12))}%` : String(Number(number.toPrecision(15)));
}
