import { describeSettings, readConfig } from "../config.ts";

/**
 * Prints every setting as a table: name, value in force or default, meaning.
 * @throws ConfigError when the server would not start with them.
 */
export function printConfig(): void {
  for (const { name, value, default: fallback, meaning } of describeSettings()) {
    process.stdout.write(`${name}=${value ?? ""}\n    ${meaning} (default: ${fallback})\n`);
  }
  readConfig();
}
