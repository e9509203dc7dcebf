import { readFile } from "node:fs/promises";
import { afterAll, describe, expect, it } from "vitest";
import { createClient } from "./client.ts";
import { makeDataDir, startServer } from "./server.ts";

const pdf = await readFile(new URL("../../examples/report.pdf", import.meta.url));
const dataDir = await makeDataDir();
afterAll(() => dataDir.remove());

describe("the server", () => {
  it("finishes ten jobs although everything is killed in the middle of them", async () => {
    const first = await startServer(dataDir.path);
    const before = createClient(first);
    const ids: string[] = [];
    for (let i = 0; i < 10; i++) {
      const { created, put } = await before.create(`report-${i}.pdf`, pdf, { data_id: `n${i}` });
      expect(put.status).toBe(200);
      ids.push(created.body["job_id"]);
    }
    await first.killGroup();

    const second = await startServer(dataDir.path);
    const after = createClient(second);
    for (const [i, id] of ids.entries()) {
      const job = await after.finish(id);
      expect(job).toMatchObject({ status: "done", data_id: `n${i}` });
      expect((await after.download(job)).has("manifest.json")).toBe(true);
    }
    expect(second.key).toBe(first.key);
    expect(second.output()).not.toContain(first.key);
    expect(await second.stop()).toBe(0);
  }, 300_000);

  it("stops with status 0 while clients keep their connections and jobs wait", async () => {
    const server = await startServer(dataDir.path);
    const client = createClient(server);
    const { created } = await client.create("late.pdf", pdf);
    const waiting = client.call("GET", `/v1/jobs/${created.body["job_id"]}?wait=60`).catch(() => null);
    expect(await server.stop()).toBe(0);
    await waiting;
    const again = await startServer(dataDir.path);
    expect((await createClient(again).finish(created.body["job_id"]))["status"]).toBe("done");
    expect(await again.stop()).toBe(0);
  }, 300_000);

  it("ends with the npm that started it", async () => {
    const server = await startServer(dataDir.path, {}, ["npm", "start"]);
    try {
      await server.stop();
      await expect
        .poll(() =>
          fetch(`${server.url}/health`).then(
            () => "answers",
            () => "gone",
          ),
        )
        .toBe("gone");
    } finally {
      await server.killGroup().catch(() => {});
    }
  }, 300_000);
});
