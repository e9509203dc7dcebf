import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { silentLog } from "../../ports/log.ts";
import { type TestDatabase, useTestPostgres } from "../../testing/postgres.ts";
import { type ClosableBell, createBell } from "./bell.ts";
import { ring } from "./channels.ts";

const postgres = useTestPostgres();

describe("the bell", () => {
  let database: TestDatabase;
  let bell: ClosableBell;
  beforeEach(async () => {
    database = await postgres.database();
    bell = createBell({ database, connection: database.connection, log: silentLog });
    await bell.ready();
  });
  afterEach(() => bell.close());
  const next = (channel: "queue" | "job") => new Promise<string>((resolve) => void bell.listen(channel, resolve));

  it("is heard by everyone on the channel, in other processes too, and by nobody else", async () => {
    const elsewhere = createBell({ database, connection: database.connection, log: silentLog });
    const jobs: string[] = [];
    elsewhere.listen("job", (payload) => jobs.push(payload));
    await elsewhere.ready();
    const far = new Promise<string>((resolve) => void elsewhere.listen("queue", resolve));
    const near = next("queue");
    await bell.ring("queue", "hello");
    expect(await Promise.all([near, far])).toEqual(["hello", "hello"]);
    expect(jobs).toEqual([]);
    await elsewhere.close();
  });

  it("rings when the work is committed, not when it is rolled back", async () => {
    const heard: string[] = [];
    bell.listen("queue", (payload) => heard.push(payload));
    const end = next("job");
    await database
      .transaction(async (tx) => {
        await ring(tx, "queue", "rolled back");
        throw new Error("no");
      })
      .catch(() => {});
    await database.transaction((tx) => ring(tx, "queue", "committed"));
    await bell.ring("job", "end");
    await end;
    expect(heard).toEqual(["committed"]);
  });

  it("is not heard after listening was ended, and survives a listener that throws", async () => {
    const heard: string[] = [];
    const stop = bell.listen("queue", (payload) => heard.push(payload));
    bell.listen("queue", () => {
      throw new Error("broken listener");
    });
    const one = next("queue");
    await bell.ring("queue", "one");
    await one;
    stop();
    const two = next("queue");
    await bell.ring("queue", "two");
    await two;
    expect(heard).toEqual(["one"]);
  });
});
