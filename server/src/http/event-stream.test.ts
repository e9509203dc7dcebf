import type { ServerResponse } from "node:http";
import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { openEventStream } from "./event-stream.ts";

/** A response whose reader takes nothing until told to. */
const openResponse = () => new PassThrough({ highWaterMark: 10 });
const open = (res: PassThrough, stallAfterMs?: number) =>
  openEventStream(res as unknown as ServerResponse, stallAfterMs);

describe("an event stream", () => {
  it("writes events and comments in the standard's form", async () => {
    const res = new PassThrough();
    const stream = open(res);
    await stream.send("7", "state", { text: "two\nlines" });
    await stream.beat();
    stream.end();
    stream.end();
    expect(res.read().toString()).toBe('id: 7\nevent: state\ndata: {"text":"two\\nlines"}\n\n: still here\n\n');
    expect(stream.isOpen()).toBe(false);
  });

  it("waits for a slow reader", async () => {
    const res = openResponse();
    const stream = open(res);
    let sent = false;
    const sending = stream.send("1", "state", { text: "x".repeat(100) }).then(() => {
      sent = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(sent).toBe(false);
    res.resume();
    await sending;
    expect(stream.isOpen()).toBe(true);
  });

  it("drops a reader that takes nothing", async () => {
    const res = openResponse();
    const stream = open(res, 1);
    await stream.send("1", "state", { text: "x".repeat(100) });
    expect([res.destroyed, stream.isOpen()]).toEqual([true, false]);
    await stream.send("2", "state", {});
  });

  it("is not kept waiting by a reader that has left", async () => {
    const res = openResponse();
    const stream = open(res);
    const sending = stream.send("1", "state", { text: "x".repeat(100) });
    res.destroy();
    await sending;
    expect(stream.isOpen()).toBe(false);
  });
});
