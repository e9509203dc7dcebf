import type { Server } from "node:http";

/**
 * Ends a server without hanging: calls `close` and meanwhile keeps closing connections as they fall idle, because a
 * keep-alive socket that was busy when the stop began would otherwise hold it open. After `graceMs` the rest is cut.
 */
export async function stopGracefully(
  server: Server,
  close: () => PromiseLike<unknown>,
  graceMs: number,
): Promise<void> {
  const sweep = setInterval(() => server.closeIdleConnections(), 50);
  const cut = setTimeout(() => server.closeAllConnections(), graceMs);
  try {
    await close();
  } finally {
    clearInterval(sweep);
    clearTimeout(cut);
  }
}
