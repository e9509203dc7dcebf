/** Collects the pictures of a document: each distinct one once, within a budget of bytes. */
import { createHash } from "node:crypto";
import type { Asset } from "@knowhere/contract";
import { readPictureFacts } from "./picture-facts.ts";

/** All pictures of one document are held in memory until the package is written. */
const maxTotalBytesDefault = 256 * 1024 * 1024;

export class AssetCollector {
  readonly list: Asset[] = [];
  readonly bytes = new Map<string, Uint8Array>();
  readonly #idOfHash = new Map<string, string>();
  #totalBytes = 0;
  /** Pictures that were left out because the budget was spent. */
  droppedCount = 0;

  constructor(private readonly maxTotalBytes: number = maxTotalBytesDefault) {}

  /** Bytes that may still be added. */
  get remainingBytes(): number {
    return this.maxTotalBytes - this.#totalBytes;
  }

  /**
   * Adds a picture and returns its asset; the same bytes give the same asset. Null when the budget is spent or the bytes
   * are no picture that we know and `fallback` names no type for them.
   */
  add(bytes: Uint8Array, fallback?: { mediaType: string; extension: string }): Asset | null {
    if (bytes.length === 0) return null;
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    const known = this.#idOfHash.get(sha256);
    if (known !== undefined) return this.list.find((asset) => asset.id === known)!;
    const facts = readPictureFacts(bytes) ?? fallback;
    if (!facts) return null;
    if (bytes.length > this.remainingBytes) {
      this.droppedCount += 1;
      return null;
    }
    const asset: Asset = { id: `image-${this.list.length + 1}`, ...facts, bytes: bytes.length, sha256 };
    this.#totalBytes += bytes.length;
    this.#idOfHash.set(sha256, asset.id);
    this.list.push(asset);
    this.bytes.set(asset.id, bytes);
    return asset;
  }
}
