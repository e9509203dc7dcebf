/** A finished package read back: the tree, its pictures and what the manifest says of how it was made. */
import { buffer, json } from "node:stream/consumers";
import { type Document, type DocumentFile, type Manifest, packageMembers } from "@knowhere/contract";
import { openPackage } from "./open.ts";

export interface StoredTree {
  document: Document;
  /** Bytes by asset id; pictures without a file are not in it. */
  assets: Map<string, Uint8Array>;
  manifest: Manifest;
}

/** The tree as it went into the package at `path`. Throws a plain Error when the file is not one of ours. */
export async function readStoredTree(path: string): Promise<StoredTree> {
  const opened = await openPackage(path);
  try {
    const file = (await json(await opened.open(packageMembers.document))) as DocumentFile;
    const manifest = (await json(await opened.open(packageMembers.manifest))) as Manifest;
    const assets = new Map<string, Uint8Array>();
    for (const { id, path: member } of file.assets)
      if (member !== undefined) assets.set(id, await buffer(await opened.open(member)));
    const document = { ...file, assets: file.assets.map(({ path: _member, ...asset }) => asset) };
    return { document, assets, manifest };
  } finally {
    opened.close();
  }
}
