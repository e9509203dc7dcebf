import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { listProductionPackages, renderNotices } from "./notices.mjs";
import { root } from "./setup.mjs";

const permissive = new Set([
  "MIT",
  "MIT-0",
  "Apache-2.0",
  "ISC",
  "0BSD",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "BlueOak-1.0.0",
  "CC0-1.0",
  "Unlicense",
  "PostgreSQL",
]);
/** Allowed besides: sharp's libvips, a shared library that is linked dynamically and can be replaced. */
const isLibvips = (name: string) => name.startsWith("@img/sharp");

describe("third-party notices", () => {
  it("are what the lock file says (node scripts/notices.mjs writes them)", () => {
    expect(readFileSync(join(root, "THIRD-PARTY-NOTICES.md"), "utf8")).toBe(renderNotices());
  });

  it("name permissive licences only", () => {
    const other = listProductionPackages().filter(({ name, licence }) => !permissive.has(licence) && !isLibvips(name));
    expect(other).toEqual([]);
  });
});
