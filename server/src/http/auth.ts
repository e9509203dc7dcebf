/** Who is asking, and may they. */
import { type Problem, problem, type Scope } from "@knowhere/contract";
import type { ApiKeyRecord } from "../ports/keys.ts";

/** Longer than any key we make; nothing of this size is worth a hash. */
const maxKeyLength = 512;

/** The key in `Authorization: Bearer KEY`, or the problem with the header. */
export function readBearer(header: string | undefined): string | Problem {
  if (header === undefined || header === "") return problem("MISSING_AUTHORIZATION");
  const found = /^Bearer +(\S+) *$/i.exec(header);
  if (!found) return problem("BAD_AUTHORIZATION");
  const key = found[1]!;
  return key.length > maxKeyLength ? problem("BAD_API_KEY") : key;
}

const ranks: Record<Scope, number> = { read: 0, write: 1, admin: 2 };

/** admin includes write, write includes read. */
export function mayDo(key: ApiKeyRecord, scope: Scope): boolean {
  return key.scopes.some((own) => ranks[own] >= ranks[scope]);
}
