/** A relay of HTTP requests, e.g. to a storage server, that now and then does to one what bad networks and servers do. */
import { createServer, type IncomingMessage, type ServerResponse, request as send } from "node:http";
import type { AddressInfo } from "node:net";

export type HttpFault =
  /** Answered with 500 or 503 by the relay; the target hears nothing. */
  | "fails"
  | "is busy"
  /** The connection is closed before the request reaches the target. */
  | "hangs up"
  /** The target does it, but nobody hears so. */
  | "loses the answer"
  /** The body of the answer ends in the middle. */
  | "truncates";

export const httpFaults: readonly HttpFault[] = ["fails", "is busy", "hangs up", "loses the answer", "truncates"];

export interface FaultyHttp {
  url: string;
  /** Faults met so far. */
  count: number;
  close(): Promise<void>;
}

/** @param choose The fault of the next request, or null. */
export async function openFaultyHttp(
  target: string,
  choose: (request: IncomingMessage) => HttpFault | null,
): Promise<FaultyHttp> {
  const { hostname, port } = new URL(target);

  function handle(request: IncomingMessage, response: ServerResponse): void {
    const fault = choose(request);
    if (fault) relay.count++;
    if (fault === "fails" || fault === "is busy") {
      request.resume();
      request.once("end", () => response.writeHead(fault === "fails" ? 500 : 503).end());
      return;
    }
    if (fault === "hangs up") return void request.socket.destroy();
    // The Host header stays: it is part of what was signed.
    const onward = send({ hostname, port, method: request.method!, path: request.url!, headers: request.headers });
    onward.once("response", (answer) => {
      if (fault === "loses the answer") {
        answer.resume();
        answer.once("end", () => request.socket.destroy());
        return;
      }
      response.writeHead(answer.statusCode!, answer.headers);
      if (fault === "truncates") {
        answer.once("data", (chunk: Buffer) =>
          response.write(chunk.subarray(0, chunk.length >> 1), () => request.socket.destroy()),
        );
        answer.once("end", () => response.end());
      } else answer.pipe(response);
    });
    onward.once("error", () => response.destroy());
    request.pipe(onward);
  }

  const server = createServer(handle);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const relay: FaultyHttp = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    count: 0,
    async close() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
  return relay;
}
