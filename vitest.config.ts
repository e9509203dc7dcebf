import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { conditions: ["source"] },
  // No "import" here: vitest hands these to node for every package, and require() of one with both kinds would get the wrong one.
  ssr: { resolve: { conditions: ["source", "node", "default"], externalConditions: ["source", "node", "default"] } },
  test: {
    include: ["{contract,server,sdk,bench,scripts,examples}/**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/dist/**"],
    // No test is to take this long; on a machine that does much else one of 20 seconds took 76.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // Conditions are waited for, never slept for; a loaded machine only takes longer to reach them.
    expect: { poll: { timeout: 60_000 } },
    maxWorkers: 2,
  },
});
