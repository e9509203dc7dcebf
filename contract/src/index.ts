export * from "./document.ts";
export * from "./events.ts";
export * from "./formats.ts";
export * from "./job.ts";
export * from "./operations/index.ts";
export * from "./package.ts";
export * from "./problems.ts";
