export * from "./document.ts";
export * from "./formats.ts";
export * from "./problems.ts";
