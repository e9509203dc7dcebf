/** The program. The only file that ends the process. */
import { Problem } from "@knowhere/contract";
import { createProgram } from "./cli/program.ts";
import { ConfigError } from "./config.ts";

try {
  await createProgram().parseAsync(process.argv);
  process.exit(process.exitCode ?? 0);
} catch (error) {
  const foreseen =
    error instanceof Problem ||
    error instanceof ConfigError ||
    (error instanceof Error && ["UsageError", "StartRefused"].includes(error.name));
  process.stderr.write(
    `${foreseen ? (error as Error).message : error instanceof Error ? error.stack : String(error)}\n`,
  );
  process.exit(1);
}
