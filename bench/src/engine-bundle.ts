/** The engine processes run a bundle, as the server does: a loader that compiles on the way in slows every function down. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "tsdown";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Bundles a program of this folder with our sources into a cache folder beside the installed packages; returns the file to run. */
export async function bundleProgram(name: "speed-child" | "office-child" | "fuzz-child"): Promise<string> {
  const outDir = join(root, "node_modules", ".cache", "knowhere-bench", name);
  await build({
    cwd: join(root, "server"),
    config: false,
    entry: { [name]: join(root, "bench", "src", `${name}.ts`) },
    outDir,
    format: "esm",
    platform: "node",
    target: "node20",
    dts: false,
    clean: true,
    logLevel: "warn",
    sourcemap: true,
    tsconfig: join(root, "tsconfig.json"),
    deps: { alwaysBundle: ["@knowhere/contract"] },
    inputOptions: {
      checks: { pluginTimings: false },
      resolve: { conditionNames: ["source", "node", "import", "default"] },
    },
  });
  return join(outDir, `${name}.mjs`);
}
