import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "knowhere-lock-"));
});
afterEach(() => rm(folder, { recursive: true }));

const program = `
  import { appendFileSync, existsSync, writeFileSync } from "node:fs";
  import { withLock } from ${JSON.stringify(new URL("./lock.mjs", import.meta.url).href)};
  const [, folder, how] = process.argv;
  withLock(folder + "/lock", () => {
    if (existsSync(folder + "/stamp")) return;
    appendFileSync(folder + "/log", "begin ");
    if (how === "die") process.kill(process.pid, "SIGKILL");
    if (how === "fail") process.exit(3);
    for (const end = Date.now() + 50; Date.now() < end; );
    appendFileSync(folder + "/log", "end ");
    writeFileSync(folder + "/stamp", "done");
  });`;
const words = ["--input-type=module", "-e", program];
const start = (how = "") => spawn(process.execPath, [...words, folder, how], { stdio: "inherit" });
const log = () => readFile(join(folder, "log"), "utf8");

describe("the lock of the set-up", () => {
  it.each(["die", "fail"])("lets one of many processes work after one that had it did %s", async (how) => {
    await once(start(how), "exit");
    expect(await log()).toBe("begin ");
    await Promise.all(Array.from({ length: 5 }, () => once(start(), "exit")));
    expect(await log()).toBe("begin begin end ");
    expect((await readdir(folder)).sort()).toEqual(["log", "stamp"]);
  });

  it("is not held by a process that only has the number of a dead owner", async (context) => {
    if (process.platform !== "linux") context.skip("only Linux tells here when a process began");
    await writeFile(join(folder, "lock"), `${hostname()} ${process.pid} 1`);
    await once(start(), "exit");
    expect(await log()).toBe("begin end ");
  });

  it("is waited for while its owner lives", async () => {
    await writeFile(join(folder, "lock"), `${hostname()} ${process.pid} `);
    const waiting = spawnSync(process.execPath, [...words, folder], { timeout: 1500 });
    expect(waiting.signal).toBe("SIGTERM");
    await expect(log()).rejects.toThrow("ENOENT");
  });
});
