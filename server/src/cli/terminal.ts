/** A one-line progress bar on a terminal; silent when standard error goes elsewhere. */
export interface ProgressBar {
  update(done: number, total: number, note?: string): void;
  end(): void;
}

export function createProgressBar(stream: NodeJS.WriteStream = process.stderr): ProgressBar {
  if (!stream.isTTY) return { update: () => {}, end: () => {} };
  const width = 30;
  return {
    update(done, total, note = "pages") {
      const filled = total > 0 ? Math.round((width * done) / total) : 0;
      stream.write(`\r\x1b[2K${"█".repeat(filled)}${"░".repeat(width - filled)} ${done}/${total} ${note}`);
    },
    end() {
      stream.write("\r\x1b[2K");
    },
  };
}
