import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { expect, it } from "vitest";

it("tells a program that its shell was ended by a signal", async () => {
  const program = `import { parentGone } from ${JSON.stringify(new URL("./parent.ts", import.meta.url).href)};
    setInterval(() => {}, 1000);
    console.log("waiting");
    await parentGone(20);
    console.log("gone");
    process.exit();`;
  const words = [process.execPath, "--import", "tsx", "--input-type=module", "-e", '"$PROGRAM"'];
  // The last command keeps the shell from becoming the program, as npm's shell does not.
  const shell = spawn("sh", ["-c", `${words.join(" ")}; true`], {
    env: { ...process.env, PROGRAM: program },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines = createInterface({ input: shell.stdout })[Symbol.asyncIterator]();
  expect((await lines.next()).value).toBe("waiting");
  shell.kill("SIGTERM");
  expect((await once(shell, "exit"))[1]).toBe("SIGTERM");
  expect((await lines.next()).value).toBe("gone");
  expect((await lines.next()).done).toBe(true);
});
