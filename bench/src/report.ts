/** The tables the quality bench prints. Plain text, aligned, one group of documents after the other. */
import type { ScoredDocument } from "./scoring.ts";

export interface SourceFacts {
  readonly title: string;
  readonly metrics: readonly string[];
  readonly note?: string;
}
export type Scores = Readonly<Record<string, number>>;
export interface Peers {
  readonly scores: Readonly<Record<string, Readonly<Record<string, Scores>>>>;
  readonly goals: Readonly<Record<string, Scores>>;
}

/** Lower is better for error rates, higher for everything else. */
export const isErrorRate = (metric: string): boolean => metric.startsWith("cer");

/** Ours, the goal and the peers, one line each, for one group ("odl/pdf"). */
export function groupTable(
  key: string,
  facts: SourceFacts,
  group: { documents: number; means: Scores },
  failed: number,
  peers: Peers,
): string {
  const metrics = facts.metrics.filter((metric) => group.means[metric] !== undefined);
  const goals = peers.goals[key];
  const rows: [string, Scores][] = [
    ["knowhere (this run)", group.means],
    ...(goals === undefined ? [] : [["  goal", goals] satisfies [string, Scores]]),
    ...Object.entries(peers.scores[key] ?? {}),
  ];
  const failures = failed === 0 ? "" : `, ${failed} without a result`;
  return [
    `${key}: ${facts.title} (${group.documents} documents${failures})`,
    line("", metrics),
    ...rows.map(([name, scores]) =>
      line(
        name,
        metrics.map((metric) => mark(metric, scores[metric], name, goals?.[metric])),
      ),
    ),
    ...(facts.note === undefined ? [] : [`  ${facts.note}`]),
  ].join("\n");
}

function mark(metric: string, value: number | undefined, name: string, goal: number | undefined): string {
  if (value === undefined) return "-";
  const short =
    name.startsWith("knowhere") && goal !== undefined && (isErrorRate(metric) ? value > goal : value < goal);
  return `${value.toFixed(3)}${short ? "*" : " "}`;
}

function line(name: string, cells: readonly string[]): string {
  return `  ${name.padEnd(28)}${cells.map((cell) => cell.padStart(Math.max(12, cell.length + 2))).join("")}`;
}

/** The documents that score worst by the group's first metric. */
export function worstTable(scored: readonly ScoredDocument[], metrics: readonly string[], count: number): string {
  const first = metrics[0]!;
  const sign = isErrorRate(first) ? -1 : 1;
  const rows = scored
    .filter((document) => typeof document.scores[first] === "number")
    .sort((a, b) => sign * (a.scores[first]! - b.scores[first]!))
    .slice(0, count);
  return [
    line(`worst ${rows.length}`, metrics),
    ...rows.map((document) =>
      line(
        document.id,
        metrics.map((metric) => document.scores[metric]?.toFixed(3) ?? "-"),
      ),
    ),
  ].join("\n");
}
