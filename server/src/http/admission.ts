/** Lets a key in: its rate window, kept with the request so that nobody counts it twice. */
import type { IncomingMessage } from "node:http";
import type { ApiKeyRecord } from "../ports/keys.ts";
import type { Allowance } from "../ports/limiter.ts";
import type { HttpParts } from "./call.ts";

export interface Admission {
  key: ApiKeyRecord;
  taken: Allowance;
}
const admission = Symbol("admission");
type Admitted = IncomingMessage & { [admission]?: Admission };

export const admissionOf = (req: IncomingMessage): Admission | undefined => (req as Admitted)[admission];

/** Takes one request from the key's window. Answers at once as long as the limiter does. */
export function admit(
  req: IncomingMessage,
  key: ApiKeyRecord,
  { limiter, settings }: Pick<HttpParts, "limiter" | "settings">,
): Admission | Promise<Admission> {
  const keep = (taken: Allowance): Admission => {
    const made = { key, taken };
    (req as Admitted)[admission] = made;
    return made;
  };
  const taken = limiter.take(key.keyId, key.ratePerMinute ?? settings.rateLimitPerMinute);
  return taken instanceof Promise ? taken.then(keep) : keep(taken);
}
