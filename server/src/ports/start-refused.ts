/** The server cannot start here, and a person can cure it: the message says how and is to be shown without a stack. */
export class StartRefused extends Error {
  override name = "StartRefused";
}
