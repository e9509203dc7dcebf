/** What `knowhere doctor` looks at: what is installed, what is optional and missing, and how to get it. */
import { access, constants, mkdir, statfs } from "node:fs/promises";
import { join } from "node:path";
import { openLibreOffice } from "./adapters/libreoffice/converter.ts";
import { openDatabase } from "./adapters/postgres/database.ts";
import { findBinaries } from "./adapters/postgres/embedded/binaries.ts";
import { findLaunchWay } from "./adapters/postgres/embedded/launch-way.ts";
import { openNativeTesseract } from "./adapters/tesseract/native.ts";
import { openWasmTesseract } from "./adapters/tesseract/wasm.ts";
import type { Config } from "./config.ts";
import { findConfinement } from "./pipeline/confinement.ts";
import { silentLog } from "./ports/log.ts";
import { version } from "./version.ts";

export interface Finding {
  /** "optional": it works without, less well. */
  state: "ok" | "optional" | "broken";
  what: string;
  facts: string;
  /** How to get or mend it. */
  cure?: string;
}

export async function inspectInstallation(config: Config): Promise<Finding[]> {
  return [
    {
      state: "ok",
      what: "knowhere",
      facts: `${version} on Node.js ${process.versions.node}, ${process.platform} ${process.arch}`,
    },
    await inspectDataDir(config),
    await inspectDatabase(config),
    inspectSandbox(config),
    await inspectOcr(config),
    await inspectOffice(),
    config.llm
      ? { state: "ok", what: "model endpoint", facts: config.llm.baseUrl }
      : {
          state: "optional",
          what: "model endpoint",
          facts: "none; everything works locally",
          cure: "set KNOWHERE_LLM_BASE_URL to an OpenAI-compatible server",
        },
  ];
}

async function inspectDataDir({ dataDir }: Config): Promise<Finding> {
  const what = "data directory";
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    await access(dataDir, constants.W_OK);
    const { bavail, bsize } = await statfs(dataDir);
    return { state: "ok", what, facts: `${dataDir}, ${Math.floor((bavail * bsize) / 2 ** 30)} GiB free` };
  } catch (error) {
    return {
      state: "broken",
      what,
      facts: `${dataDir}: ${(error as Error).message}`,
      cure: "point KNOWHERE_DATA_DIR at a folder that this user may write to",
    };
  }
}

async function inspectDatabase(config: Config): Promise<Finding> {
  const what = "database";
  try {
    if (!config.database.url) {
      const way = await findLaunchWay(await findBinaries(join(config.dataDir, "postgres-lib")));
      return { state: "ok", what, facts: `embedded PostgreSQL, started as ${way.name}` };
    }
    const database = openDatabase({ connection: config.database.url, log: silentLog, patienceMs: 0 });
    try {
      const { rows } = await database.query("show server_version");
      return { state: "ok", what, facts: `external PostgreSQL ${rows[0]!["server_version"]}` };
    } finally {
      await database.close();
    }
  } catch (error) {
    const cure = config.database.url
      ? "check KNOWHERE_DATABASE_URL"
      : "set KNOWHERE_DATABASE_URL to a PostgreSQL 14 or newer";
    return { state: "broken", what, facts: (error as Error).message, cure };
  }
}

function inspectSandbox({ parseMemoryMb }: Config): Finding {
  const { parts } = findConfinement((parseMemoryMb + 1024) * 1024 * 1024);
  const missing = ["no-network", "memory", "dies-with-parent"].filter((part) => !parts.includes(part));
  const facts = `deadline, resident memory, private folder${parts.length > 0 ? `, ${parts.join(", ")}` : ""}`;
  return missing.length === 0
    ? { state: "ok", what: "sandbox", facts }
    : {
        state: "optional",
        what: "sandbox",
        facts: `${facts}; not in force: ${missing.join(", ")}`,
        cure: "on Linux install util-linux (unshare, prlimit, setpriv) and allow user namespaces",
      };
}

async function inspectOcr({ dataDir, workers }: Config): Promise<Finding> {
  const options = { languagesDir: join(dataDir, "languages"), parallel: workers };
  const native = await openNativeTesseract(options);
  const engine = native ?? (await openWasmTesseract(options));
  const facts = `${engine.name}, languages ${(await engine.languages()).join(", ")}`;
  await engine.close();
  return native
    ? { state: "ok", what: "text recognition", facts }
    : {
        state: "optional",
        what: "text recognition",
        facts: `${facts} (WebAssembly)`,
        cure: "a native Tesseract is twice as fast: apt-get install tesseract-ocr, or brew install tesseract",
      };
}

async function inspectOffice(): Promise<Finding> {
  const office = await openLibreOffice();
  return office
    ? { state: "ok", what: "legacy Office", facts: office.name }
    : {
        state: "optional",
        what: "legacy Office",
        facts: "no LibreOffice: .doc and .ppt give their text only",
        cure: "apt-get install libreoffice-writer-nogui libreoffice-impress-nogui, or brew install --cask libreoffice",
      };
}
