import manifest from "../package.json" with { type: "json" };

/** The engine's version: goes into manifests and answers, and decides whether a cached parse may be reused. */
export const version: string = manifest.version;
