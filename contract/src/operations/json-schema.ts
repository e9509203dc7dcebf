/** zod schemas as JSON Schema (draft 2020-12, which OpenAPI 3.1 speaks). */
import { z } from "zod";

export type JsonSchema = Record<string, unknown>;

/**
 * The JSON Schema of what may be sent or received. Schemas that carry an id are collected in `definitions` and
 * referred to as `<refBase><id>`, the given one too.
 */
export function jsonSchemaOf(schema: z.ZodType, refBase: string, definitions: Record<string, JsonSchema>): JsonSchema {
  // The wrapper makes zod treat the schema itself like any nested one: a reference when it has an id.
  const { $defs, properties } = z.toJSONSchema(z.object({ root: schema }), {
    io: "input",
    target: "draft-2020-12",
    unrepresentable: "any",
  }) as unknown as { $defs?: Record<string, JsonSchema>; properties: { root: JsonSchema } };
  for (const [name, definition] of Object.entries($defs ?? {})) {
    const { id: _id, ...rest } = definition;
    definitions[name] ??= rewrite(rest, refBase) as JsonSchema;
  }
  return rewrite(properties.root, refBase) as JsonSchema;
}

/** Points references at `refBase`; leaves out what only repeats JavaScript's number range. */
function rewrite(value: unknown, refBase: string): unknown {
  if (Array.isArray(value)) return value.map((item) => rewrite(item, refBase));
  if (typeof value !== "object" || value === null) return value;
  const copy: JsonSchema = {};
  for (const [key, item] of Object.entries(value)) {
    if (
      (key === "maximum" && item === Number.MAX_SAFE_INTEGER) ||
      (key === "minimum" && item === Number.MIN_SAFE_INTEGER)
    )
      continue;
    copy[key] = key === "$ref" && typeof item === "string" ? item.replace("#/$defs/", refBase) : rewrite(item, refBase);
  }
  return copy;
}
