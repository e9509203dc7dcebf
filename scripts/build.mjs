// Builds the packages that ship: contract and sdk as libraries with types, the server as a bundle of its own sources.
import { join } from "node:path";
import { build } from "tsdown";
import { root } from "./setup.mjs";

const shared = {
  format: "esm",
  platform: "node",
  target: "node20",
  clean: true,
  logLevel: "warn",
  tsconfig: join(root, "tsconfig.json"),
  inputOptions: {
    checks: { pluginTimings: false },
    resolve: { conditionNames: ["source", "node", "import", "default"] },
  },
};
const from = (name, ...entries) =>
  Object.fromEntries(entries.map((entry) => [entry.split("/").pop(), join(root, name, "src", `${entry}.ts`)]));

await build({
  ...shared,
  cwd: join(root, "contract"),
  entry: from("contract", "index"),
  outDir: join(root, "contract/dist"),
  dts: true,
});
await build({
  ...shared,
  cwd: join(root, "sdk"),
  entry: from("sdk", "index"),
  outDir: join(root, "sdk/dist"),
  platform: "neutral",
  dts: true,
});
await build({
  ...shared,
  cwd: join(root, "server"),
  entry: from("server", "main", "parse-child"),
  outDir: join(root, "server/dist"),
  dts: false,
  deps: { alwaysBundle: ["@knowhere/contract"] },
  sourcemap: true,
});
