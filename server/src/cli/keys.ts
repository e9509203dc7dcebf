import { type Administration, openAdministration } from "../app.ts";
import { readConfig } from "../config.ts";
import { UsageError } from "./usage-error.ts";

type Scope = "read" | "write" | "admin";
const everyScope: Scope[] = ["read", "write", "admin"];

async function withAdministration<T>(use: (administration: Administration) => Promise<T>): Promise<T> {
  const administration = await openAdministration(readConfig());
  try {
    return await use(administration);
  } finally {
    await administration.close();
  }
}

interface CreateOptions {
  account: string;
  name?: string;
  scope?: Scope[];
  rate?: string;
  expires?: string;
}

/** Prints what was made, and the key alone on the last line. */
export async function createKey(options: CreateOptions): Promise<void> {
  const rate = options.rate === undefined ? null : Number(options.rate);
  if (rate !== null && !(Number.isInteger(rate) && rate >= 0))
    throw new UsageError("--rate must be a whole number of requests per minute, 0 or more");
  const expiresAt = options.expires === undefined ? null : new Date(options.expires);
  if (expiresAt && !(expiresAt.getTime() > Date.now()))
    throw new UsageError("--expires must be a date in the future, e.g. 2030-01-31");
  await withAdministration(async ({ keys }) => {
    const name = options.name ?? `cli ${new Date().toISOString()}`;
    const { key, record } = await keys.create({
      account: options.account,
      name,
      scopes: options.scope ?? everyScope,
      ratePerMinute: rate,
      expiresAt,
    });
    process.stderr.write(
      `Made key ${record.keyId} (${record.name}) for account ${options.account}: ${record.scopes.join(", ")}. It is shown only now:\n`,
    );
    process.stdout.write(`${key}\n`);
  });
}

export async function listKeys(options: { account?: string }): Promise<void> {
  await withAdministration(async ({ keys }) => {
    for (const record of await keys.list(options.account)) {
      const state = record.isActive ? "active" : "off";
      const lastUsed = record.lastUsedAt?.toISOString() ?? "never used";
      process.stdout.write(
        [record.keyId, record.accountId, record.name, record.masked, record.scopes.join(","), state, lastUsed].join(
          "\t",
        ),
      );
      process.stdout.write("\n");
    }
  });
}

export async function revokeKey(keyId: string): Promise<void> {
  await withAdministration(async ({ keys }) => {
    if (!(await keys.revoke(null, keyId))) throw new UsageError(`There is no key ${keyId}; see: knowhere keys list`);
    process.stderr.write(`Revoked ${keyId}\n`);
  });
}
