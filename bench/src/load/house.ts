/** A server under load: started as `npm start` starts it, on a data directory of its own, with a source server beside it. */
import { randomBytes } from "node:crypto";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type Client, createClient } from "../../../server/acceptance/client.ts";
import { makeDataDir, type StartedServer, startServer } from "../../../server/acceptance/server.ts";

export interface LoadHouse {
  server: StartedServer;
  dataDir: string;
  client: Client;
  /** A client with another key, of an account of its own. */
  clientOf(key: string): Client;
  sources: Sources;
  close(): Promise<void>;
}

/** Serves small documents by URL; while `holding` it takes requests and does not answer. */
export interface Sources {
  urlOf(name: string): string;
  /** Names in the order in which they were asked for. */
  asked: string[];
  hold(): void;
  release(): void;
}

export async function openLoadHouse(settings: Record<string, string> = {}): Promise<LoadHouse> {
  const dataDir = await makeDataDir();
  const server = await startServer(dataDir.path, {
    KNOWHERE_REUSE_RESULTS: "false",
    KNOWHERE_LOG_LEVEL: "warn",
    ...settings,
  });
  const asked: string[] = [];
  const held: ServerResponse[] = [];
  let holding = false;
  const web = createServer((request, response) => {
    const name = request.url!.slice(1);
    if (request.method === "GET") asked.push(name);
    response.setHeader("Content-Type", "text/markdown");
    if (holding && request.method === "GET") held.push(response);
    else response.end(`# ${name}\n\nHigh water comes twice a day.\n`);
  });
  await new Promise<void>((done) => web.listen(0, "127.0.0.1", done));
  const { port } = web.address() as AddressInfo;
  const clientOf = (key: string) => createClient({ url: server.url, key });
  return {
    server,
    dataDir: dataDir.path,
    client: clientOf(server.key),
    clientOf,
    sources: {
      urlOf: (name) => `http://127.0.0.1:${port}/${name}`,
      asked,
      hold() {
        holding = true;
      },
      release() {
        holding = false;
        for (const response of held.splice(0)) response.end("# late\n");
      },
    },
    async close() {
      await server.stop();
      web.closeAllConnections();
      web.close();
      await dataDir.remove();
    },
  };
}

export const randomKey = (): string => `sk_${randomBytes(16).toString("hex")}`;
