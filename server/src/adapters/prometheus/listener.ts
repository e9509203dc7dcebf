/** /metrics on a port of its own, for processes that have no API. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Meter } from "../../ports/meter.ts";

export interface MetricsListener {
  /** e.g. "http://127.0.0.1:9464". */
  url: string;
  close(): Promise<void>;
}

/** Rejects when the port is taken. `port` 0 picks a free one. */
export async function listenForScrapes(
  meter: Pick<Meter, "print">,
  { host, port }: { host: string; port: number },
): Promise<MetricsListener> {
  const server = createServer((request, response) => {
    if (request.method !== "GET" || request.url?.split("?")[0] !== "/metrics") {
      response.writeHead(404).end();
      return;
    }
    meter.print().then(
      ({ contentType, body }) => response.writeHead(200, { "content-type": contentType }).end(body),
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${taken}`,
    async close() {
      server.closeAllConnections();
      await new Promise<void>((done) => server.close(() => done()));
    },
  };
}
