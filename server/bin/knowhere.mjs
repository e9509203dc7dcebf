#!/usr/bin/env node
// The command `knowhere`. In a checkout it builds first when a source changed; installed from a package it just runs.
import { existsSync } from "node:fs";

const setup = new URL("../../scripts/setup.mjs", import.meta.url);
if (existsSync(setup)) {
  const parent = process.ppid;
  const { ensureBuilt, ensureInstalled } = await import(setup.href);
  ensureInstalled();
  ensureBuilt();
  // `npx` was ended meanwhile: its shell dies of a signal without passing it on.
  if (process.env.npm_command !== undefined && process.ppid !== parent) process.exit(143);
}
await import("../dist/main.mjs");
