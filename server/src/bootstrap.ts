/** The keys a server starts with: one of its own on the first start, and the one its operator names. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Config } from "./config.ts";
import type { ApiKeys } from "./ports/keys.ts";

const account = "default";

/** Makes the first key when there is none (printed once, kept in `<data dir>/api-key`, mode 0600) and accepts KNOWHERE_API_KEY. */
export async function ensureFirstKey(keys: ApiKeys, config: Config, say: (line: string) => void): Promise<void> {
  if (config.apiKey !== undefined && !(await keys.authenticate(config.apiKey))) {
    await keys.create({
      account,
      name: `KNOWHERE_API_KEY ${config.apiKey.slice(-4)} ${new Date().toISOString()}`,
      scopes: ["read", "write", "admin"],
      key: config.apiKey,
    });
  }
  if ((await keys.count()) > (config.apiKey === undefined ? 0 : 1)) return;
  const path = join(config.dataDir, "api-key");
  const kept = (await readFile(path, "utf8").catch(() => "")).trim();
  if (kept !== "" && (await keys.authenticate(kept))) return;
  const { key } = await keys.create({
    account,
    name: "first key",
    scopes: ["read", "write", "admin"],
    ...(kept.startsWith("sk_") ? { key: kept } : {}),
  });
  await writeFile(path, `${key}\n`, { mode: 0o600 });
  say(`Your API key, shown only now and kept in ${path}:\n${key}`);
}
