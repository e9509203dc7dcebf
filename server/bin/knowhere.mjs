#!/usr/bin/env node
// The command `knowhere`. In a checkout it builds first when a source changed; installed from a package it just runs.
import { existsSync } from "node:fs";

const setup = new URL("../../scripts/setup.mjs", import.meta.url);
if (existsSync(setup)) {
  const { ensureBuilt, ensureInstalled } = await import(setup.href);
  ensureInstalled();
  ensureBuilt();
}
await import("../dist/main.mjs");
