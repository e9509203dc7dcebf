/** Names of the LISTEN channels, and the ring that goes out with a commit. */
import type { Bell } from "../../ports/bell.ts";
import type { Transaction } from "./database.ts";

export type Channel = Parameters<Bell["ring"]>[0];
export const channels: readonly Channel[] = ["queue", "job", "delivery"];
const prefix = "knowhere_";

export const pgChannel = (channel: Channel) => `${prefix}${channel}`;
export const channelOf = (name: string) => channels.find((channel) => pgChannel(channel) === name);

const notify = { name: "notify", text: "select pg_notify($1, $2)" };

/** Inside a transaction it rings at the commit and not at all after a rollback. */
export async function ring(tx: Transaction, channel: Channel, payload: string): Promise<void> {
  await tx.query(notify, [pgChannel(channel), payload]);
}
