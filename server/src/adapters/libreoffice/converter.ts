/**
 * LibreOffice as a converter of legacy files: one process a file, with a profile of its own in a folder that is thrown away.
 * Converted to the modern sibling and never to PDF, because a PDF has lost the structure.
 */
import { execFile, spawn } from "node:child_process";
import { mkdir, readdir, rename, writeFile } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { problem } from "@knowhere/contract";
import type { OfficeConverter } from "../../ports/office.ts";

/** Seconds for most files; a machine that does much else takes a minute. The deadline of the parse ends it earlier. */
const conversionTimeoutMs = 180_000;

/** No macros, no updates of links on load, nothing executed that a document asks for (org.openoffice.Office.Common/Security). */
const profileSettings = `<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update"><prop oor:name="Link" oor:op="fuse"><value>0</value></prop></item>
<item oor:path="/org.openoffice.Office.Calc/Content/Update"><prop oor:name="Link" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
`;

/** Looks for the program; null when there is none. */
export async function openLibreOffice(): Promise<OfficeConverter | null> {
  const stated = await promisify(execFile)("soffice", ["--version"], { timeout: 20_000 }).catch(() => null);
  if (!stated) return null;
  const name = /LibreOffice \d+\.\d+/.exec(stated.stdout)?.[0] ?? "LibreOffice";

  return {
    name,
    async convert(path, to, outDir, signal) {
      const home = join(outDir, "office");
      const profile = join(home, "profile");
      const results = join(home, "out");
      await mkdir(join(profile, "user"), { recursive: true });
      await mkdir(results);
      await writeFile(join(profile, "user", "registrymodifications.xcu"), profileSettings);
      await run(
        [
          `-env:UserInstallation=${pathToFileURL(profile).href}`,
          "--headless",
          "--norestore",
          "--nolockcheck",
          "--nodefault",
          "--convert-to",
          to,
          "--outdir",
          results,
          path,
        ],
        home,
        signal,
      );
      const made = (await readdir(results)).find((file) => extname(file) === `.${to}`);
      if (!made)
        throw problem("PARSING_FAILED", {
          message:
            "Unable to parse document: LibreOffice could not convert it, the file appears to be corrupted or encrypted",
        });
      const target = join(outDir, `${basename(path, extname(path))}.converted.${to}`);
      await rename(join(results, made), target);
      return target;
    },
  };
}

/**
 * soffice is a script around soffice.bin. In a process namespace of their own they all die when the first one does, and that
 * one dies with us. Where namespaces are forbidden a process group serves for deadlines, but not when we are killed ourselves.
 */
const familyPrefix = [
  "setpriv",
  "--pdeathsig",
  "KILL",
  "--",
  "unshare",
  "--user",
  "--map-current-user",
  "--pid",
  "--fork",
  "--kill-child=KILL",
  "--",
];

async function findPrefix(): Promise<string[]> {
  const allowed = await promisify(execFile)(familyPrefix[0]!, [...familyPrefix.slice(1), "true"], {
    timeout: 5000,
  }).catch(() => null);
  return allowed ? familyPrefix : [];
}

async function run(words: string[], home: string, signal: AbortSignal): Promise<void> {
  const [program, ...rest] = [...(await findPrefix()), "soffice", ...words] as [string, ...string[]];
  await new Promise<void>((resolve, reject) => {
    const child = spawn(program, rest, {
      stdio: "ignore",
      detached: true,
      env: { PATH: "/usr/local/bin:/usr/bin:/bin", HOME: home, LANG: "C.UTF-8" },
    });
    const stop = (why: unknown) => {
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
      reject(why);
    };
    const late = problem("PARSING_FAILED", {
      message: `Unable to parse document: LibreOffice did not convert it within ${conversionTimeoutMs / 1000} seconds`,
    });
    const deadline = setTimeout(() => stop(late), conversionTimeoutMs);
    const cancel = () => stop(signal.reason);
    signal.addEventListener("abort", cancel, { once: true });
    child.once("error", reject);
    child.once("close", (code) => {
      clearTimeout(deadline);
      signal.removeEventListener("abort", cancel);
      if (code === 0) resolve();
      else
        reject(
          problem(
            "PARSING_FAILED",
            { message: "Unable to parse document: LibreOffice could not convert it" },
            { cause: new Error(`status ${code}`) },
          ),
        );
    });
  });
}
