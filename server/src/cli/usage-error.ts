/** The command line was wrong: shown as it is, without a stack. */
export class UsageError extends Error {
  override name = "UsageError";
}
