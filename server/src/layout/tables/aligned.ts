import type { Candidate, Claims } from "./find.ts";
import type { PageView } from "./view.ts";
export function findAligned(_view: PageView, _claims: Claims): Candidate[] {
  return [];
}
