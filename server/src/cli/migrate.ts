import { openAdministration } from "../app.ts";
import { readConfig } from "../config.ts";

/** Brings the schema up to date; `serve` does the same at its start. */
export async function migrate(): Promise<void> {
  const administration = await openAdministration(readConfig());
  process.stderr.write("The database is up to date\n");
  await administration.close();
}
