/** A proxy in front of several API processes: each request goes to the next one, past those that take no connection. */
import { createServer, type IncomingMessage, type ServerResponse, request as send } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";

export interface RoundRobin {
  url: string;
  add(url: string): void;
  remove(url: string): void;
  /** Requests that each target has got. */
  served: Map<string, number>;
  /** Where the latest request went. */
  latest(): string | undefined;
  close(): Promise<void>;
}

export async function openRoundRobin(): Promise<RoundRobin> {
  const targets: string[] = [];
  const served = new Map<string, number>();
  let turn = 0;
  let latest: string | undefined;

  /** A connection first: a body that has begun to flow cannot be sent to the next one. */
  async function connectToNext(): Promise<[string, Socket] | null> {
    for (let tried = 0, count = targets.length; tried < count; tried++) {
      const target = targets[turn++ % targets.length];
      if (target === undefined) return null;
      const socket = await dial(Number(new URL(target).port));
      if (socket) return [target, socket];
    }
    return null;
  }

  async function forward(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const found = await connectToNext();
    if (!found) {
      response.writeHead(502).end("no server takes connections");
      return;
    }
    const [target, socket] = found;
    latest = target;
    served.set(target, (served.get(target) ?? 0) + 1);
    const onward = send({
      method: request.method!,
      path: request.url!,
      headers: { ...request.headers, connection: "close" },
      createConnection: () => socket,
    });
    onward.once("response", (answer) => {
      const { connection: _hop, ...headers } = answer.headers;
      response.writeHead(answer.statusCode!, headers);
      response.flushHeaders();
      answer.pipe(response);
      answer.once("error", () => response.destroy());
    });
    onward.once("error", () => {
      if (response.headersSent) response.destroy();
      else response.writeHead(502).end("the server went away");
    });
    request.pipe(onward);
    request.once("error", () => onward.destroy());
    response.once("close", () => {
      if (!response.writableFinished) onward.destroy();
    });
  }

  const server = createServer({ requestTimeout: 0 }, (request, response) => void forward(request, response));
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    add: (url) => void targets.push(url),
    remove(url) {
      const at = targets.indexOf(url);
      if (at >= 0) targets.splice(at, 1);
    },
    served,
    latest: () => latest,
    async close() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

function dial(port: number): Promise<Socket | null> {
  return new Promise((done) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => done(socket));
    socket.once("error", () => done(null));
  });
}
