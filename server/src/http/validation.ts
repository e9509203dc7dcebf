/** Checks a request against its operation; what does not fit becomes one 400 that names every field. */
import { type Problem, problem } from "@knowhere/contract";
import type { z } from "zod";

type Place = "body" | "query" | "header" | "path";

const reasons: Record<string, string> = {
  invalid_type: "INVALID_TYPE",
  invalid_value: "INVALID_VALUE",
  invalid_format: "INVALID_FORMAT",
  invalid_union: "INVALID_TYPE",
  too_big: "TOO_LARGE",
  too_small: "TOO_SMALL",
  custom: "INVALID_VALUE",
};
/** Enough for a person; a body of a million wrong items must not become an answer of that size. */
const maxViolations = 20;

/** The parsed value with its defaults. @throws VALIDATION_FAILED with fields as dotted paths that begin with `place`. */
export function check<S extends z.ZodType>(schema: S, value: unknown, place: Place): z.output<S> {
  const checked = schema.safeParse(value);
  if (checked.success) return checked.data;
  throw describeIssues(checked.error.issues, value, place);
}

function describeIssues(issues: readonly z.core.$ZodIssue[], value: unknown, place: Place): Problem {
  const violations = issues.slice(0, maxViolations).map((issue) => ({
    field: [place, ...issue.path.map(String)].join("."),
    description: isMissing(issue, value) ? "is required" : issue.message,
  }));
  const first = issues[0]!;
  return problem("VALIDATION_FAILED", {
    violations,
    field: violations[0]!.field,
    reason: isMissing(first, value) ? "MISSING_FIELD" : (reasons[first.code] ?? "INVALID_VALUE"),
  });
}

function isMissing(issue: z.core.$ZodIssue, value: unknown): boolean {
  if (issue.code !== "invalid_type" && issue.code !== "invalid_value") return false;
  let at = value;
  for (const step of issue.path) at = (at as Record<PropertyKey, unknown> | undefined)?.[step];
  return at === undefined;
}
