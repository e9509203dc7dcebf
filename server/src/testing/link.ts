/** A relay of bytes on a port of its own that can be cut, refused and stalled: a network between two programs of a test. */
import { type AddressInfo, connect, createServer, type NetConnectOpts, type Socket } from "node:net";

export interface Link {
  port: number;
  /** Ends every connection at once, as when the other machine is switched off. */
  cut(): void;
  /** While on, new connections are refused. */
  refuse(on: boolean): void;
  /** While on, no byte passes either way and nobody is told. */
  stall(on: boolean): void;
  close(): Promise<void>;
}

export async function openLink(target: NetConnectOpts): Promise<Link> {
  const pairs = new Set<[Socket, Socket]>();
  let refusing = false;
  let stalling = false;
  const server = createServer((near) => {
    near.on("error", () => {});
    if (refusing) return near.destroy();
    const far = connect(target).on("error", () => near.destroy());
    const pair: [Socket, Socket] = [near, far];
    pairs.add(pair);
    near.pipe(far);
    far.pipe(near);
    const end = () => {
      pairs.delete(pair);
      near.destroy();
      far.destroy();
    };
    near.once("close", end);
    far.once("close", end);
    if (stalling) hold(pair);
  });
  const hold = ([near, far]: [Socket, Socket]) => {
    near.unpipe(far);
    far.unpipe(near);
    near.pause();
    far.pause();
  };
  const cut = () => {
    for (const [near, far] of pairs) {
      near.destroy();
      far.destroy();
    }
  };
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    refuse(on) {
      refusing = on;
    },
    stall(on) {
      if (on === stalling) return;
      stalling = on;
      for (const pair of pairs) {
        if (on) hold(pair);
        else {
          pair[0].pipe(pair[1]);
          pair[1].pipe(pair[0]);
        }
      }
    },
    async close() {
      cut();
      await new Promise((done) => server.close(done));
    },
  };
}
