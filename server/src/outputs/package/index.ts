export type { PackageInput, PackageOptions, WrittenPackage } from "./input.ts";
export { type OpenedPackage, openPackage } from "./open.ts";
export { readStoredTree, type StoredTree } from "./read-back.ts";
export { writePackage } from "./write.ts";
