/** The paths of the list of operations, as the router wants them and as the 405 answer needs them. */
import { type Operation, operations } from "@knowhere/contract";

const prefixes = ["/v1", "/api/v1"];

/** Every path of an operation, below every prefix, with {name} for a parameter. */
export function pathsOf({ path, aliases = [], versioned }: Operation): string[] {
  const all = [path, ...aliases];
  return versioned ? prefixes.flatMap((prefix) => all.map((each) => prefix + each)) : all;
}

/** A path in the router's own notation; a parameter before a colon (`{id}:archive`) ends there. */
export const routerPath = (path: string): string =>
  path
    .replaceAll(":", "::")
    .replace(/\{(\w+)\}(?=::)/g, ":$1(^[^:/]+)")
    .replace(/\{(\w+)\}/g, ":$1");

/** A stream has no length and no end to tell of. */
export const answersHead = ({ id }: Operation): boolean => id !== "streamJobEvents";

const table = Object.values(operations as Record<string, Operation>).flatMap((operation) =>
  pathsOf(operation).map((path) => ({
    shape: new RegExp(`^${path.replace(/\./g, "\\.").replace(/\{\w+\}/g, "[^/]+")}$`),
    methods: operation.method === "GET" && answersHead(operation) ? ["GET", "HEAD"] : [operation.method],
  })),
);

/** The methods that `path` answers to; empty when there is no such path. */
export function methodsOf(path: string): string[] {
  const methods = new Set<string>();
  for (const { shape, methods: own } of table) {
    if (shape.test(path)) for (const method of own) methods.add(method);
  }
  return [...methods].sort();
}
