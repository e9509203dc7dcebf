/** Lines of the log on their way to a file descriptor: those of a few milliseconds go out in one write. */
import { pino } from "pino";

export interface LineWriter {
  write(line: string): void;
  /** Resolves when every line so far is written. */
  settle(): Promise<void>;
}

/** A write costs several times what its line does; nobody misses so short a time. */
const gatherMs = 20;
const gatherChars = 64 * 1024;
/** When the reader stalls, lines beyond this are dropped rather than memory filled. */
const maxWaitingBytes = 32 * 1024 * 1024;

/** Lines keep their order. When the process ends, by `exit` or by an error that nobody caught, what is left is written at once. */
export function createLineWriter(fd: number): LineWriter {
  const destination = pino.destination({ fd, sync: false, maxLength: maxWaitingBytes });
  let gathered = "";
  let timer: NodeJS.Timeout | undefined;
  let busy = false;
  let broken = false;
  destination.on("drain", () => {
    busy = false;
  });
  // A log that cannot be written is no reason to stop. A reader that has gone away does not come back.
  destination.on("error", (error: NodeJS.ErrnoException) => {
    busy = false;
    broken = error.code === "EPIPE";
  });

  function pass(): void {
    clearTimeout(timer);
    timer = undefined;
    if (gathered === "" || broken) return;
    const lines = gathered;
    gathered = "";
    busy = true;
    destination.write(lines);
  }
  process.on("exit", () => {
    pass();
    destination.flushSync();
  });

  return {
    write(line) {
      gathered += line;
      if (gathered.length >= gatherChars) pass();
      else timer ??= setTimeout(pass, gatherMs);
    },
    async settle() {
      pass();
      while (busy)
        await new Promise<void>((resolve) => {
          destination.once("drain", () => resolve());
          destination.once("error", () => resolve());
        });
    },
  };
}
