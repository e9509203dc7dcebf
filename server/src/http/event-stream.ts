/** Server-sent events over one response (HTML standard, "Server-sent events"). */
import type { ServerResponse } from "node:http";

/** A reader that takes nothing for so long is let go; it can resume with Last-Event-ID. */
const stallMs = 30_000;

export interface EventStream {
  isOpen(): boolean;
  /** Resolves when the reader can take more. */
  send(id: string, event: string, data: unknown): Promise<void>;
  /** A comment: tells both sides that the other is still there. */
  beat(): Promise<void>;
  end(): void;
}

export function openEventStream(res: ServerResponse, stallAfterMs = stallMs): EventStream {
  const isOpen = () => !res.destroyed && !res.writableEnded;
  async function write(text: string): Promise<void> {
    if (!isOpen() || res.write(text)) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => {
        res.destroy();
        go();
      }, stallAfterMs);
      const go = () => {
        clearTimeout(timer);
        res.off("drain", go).off("close", go);
        resolve();
      };
      res.on("drain", go).on("close", go);
    });
  }
  return {
    isOpen,
    // JSON has no line breaks of its own, so one data line is enough.
    send: (id, event, data) => write(`id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`),
    beat: () => write(": still here\n\n"),
    end: () => {
      if (isOpen()) res.end();
    },
  };
}
