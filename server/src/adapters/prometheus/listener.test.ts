import { expect, it } from "vitest";
import { listenForScrapes } from "./listener.ts";

it("answers scrapes and nothing else, and lets go of its port", async () => {
  let broken = false;
  const meter = {
    async print() {
      if (broken) throw new Error("no metrics");
      return { contentType: "text/plain; version=0.0.4", body: "up 1\n" };
    },
  };
  const listener = await listenForScrapes(meter, { host: "127.0.0.1", port: 0 });
  const scraped = await fetch(`${listener.url}/metrics`);
  expect([scraped.status, scraped.headers.get("content-type"), await scraped.text()]).toEqual([
    200,
    "text/plain; version=0.0.4",
    "up 1\n",
  ]);
  expect((await fetch(`${listener.url}/v1/jobs`)).status).toBe(404);
  expect((await fetch(`${listener.url}/metrics`, { method: "POST" })).status).toBe(404);
  broken = true;
  expect((await fetch(`${listener.url}/metrics`)).status).toBe(500);
  const port = Number(new URL(listener.url).port);
  await expect(listenForScrapes(meter, { host: "127.0.0.1", port })).rejects.toThrow("EADDRINUSE");
  await listener.close();
  const again = await listenForScrapes(meter, { host: "127.0.0.1", port });
  await again.close();
});
