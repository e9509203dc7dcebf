/** vitest on sources that lack one safeguard: ABLATE names it. The files themselves are not touched. */
import { mergeConfig } from "vitest/config";
import base from "../vitest.config.ts";
import { ablations } from "./ablations.mjs";

const name = process.env["ABLATE"] ?? "";
const edits = (ablations as Record<string, { edits: string[][] }>)[name]?.edits;
if (!edits) throw new Error(`ABLATE must be one of: ${Object.keys(ablations).join(", ")}`);

export default mergeConfig(base, {
  plugins: [
    {
      name: "ablation",
      enforce: "pre",
      transform(code: string, id: string) {
        let edited = code;
        for (const [file, find, replacement] of edits) {
          if (!id.endsWith(`/${file}`)) continue;
          if (!edited.includes(find!)) throw new Error(`ablation "${name}" no longer fits ${file}`);
          edited = edited.replace(find!, () => replacement!);
        }
        return edited === code ? undefined : { code: edited };
      },
    },
  ],
});
