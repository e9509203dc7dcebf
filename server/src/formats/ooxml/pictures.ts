/** Loads the pictures that a walk named by part, once each, and puts their asset ids in. */
import { type Block, Problem } from "@knowhere/contract";
import type { AssetCollector } from "../../document/assets.ts";
import { inlinesOf, visitBlocks, visitInlines } from "../../document/visit.ts";
import type { ZipArchive } from "../zip/archive.ts";

/** One picture; a camera's largest file is a fraction of it. */
const maxPictureBytes = 64 * 1024 * 1024;

export type PictureTrouble = (part: string) => void;

/**
 * Replaces every asset that `partOf` recognises as a part name by the id of the loaded picture. What cannot be loaded
 * loses its asset and is reported through `trouble`; a limit over the whole archive still throws.
 */
export async function loadPictures(
  content: readonly Block[],
  archive: ZipArchive,
  assets: AssetCollector,
  partOf: (token: string) => string | undefined,
  trouble: PictureTrouble,
): Promise<void> {
  const holders: { asset?: string | undefined }[] = [];
  visitBlocks(content, (block) => {
    if (block.type === "figure") holders.push(block);
    for (const run of inlinesOf(block)) visitInlines(run, (node) => void (node.type === "image" && holders.push(node)));
  });
  const idOfPart = new Map<string, string | undefined>();
  for (const holder of holders) {
    const part = holder.asset === undefined ? undefined : partOf(holder.asset);
    if (part === undefined) continue;
    if (!idOfPart.has(part)) idOfPart.set(part, await loadPicture(part, archive, assets, trouble));
    holder.asset = idOfPart.get(part);
  }
}

/** Limits that a single picture can break (a blank bitmap packs very well); it is left out then. */
const ofOnePicture = new Set(["bytes of one part", "compression ratio"]);

async function loadPicture(
  part: string,
  archive: ZipArchive,
  assets: AssetCollector,
  trouble: PictureTrouble,
): Promise<string | undefined> {
  if (!archive.has(part) || archive.declaredBytes(part) > Math.min(maxPictureBytes, assets.remainingBytes)) {
    trouble(part);
    return undefined;
  }
  try {
    const asset = assets.add(await archive.read(part, maxPictureBytes), typeOfName(part));
    if (!asset) trouble(part);
    return asset?.id;
  } catch (error) {
    if (
      error instanceof Problem &&
      error.problem === "LIMIT_EXCEEDED" &&
      !ofOnePicture.has(String(error.details["limit"]))
    )
      throw error;
    if (!(error instanceof Problem)) throw error;
    trouble(part);
    return undefined;
  }
}

/** Picture kinds whose bytes have no mark of their own. */
function typeOfName(part: string): { mediaType: string; extension: string } | undefined {
  const extension = /\.[a-z0-9]{1,5}$/i.exec(part)?.[0]?.toLowerCase();
  const types: Readonly<Record<string, string>> = {
    ".pict": "image/x-pict",
    ".pct": "image/x-pict",
    ".emf": "image/emf",
    ".wmf": "image/wmf",
    ".svg": "image/svg+xml",
    ".jxr": "image/jxr",
    ".wdp": "image/vnd.ms-photo",
  };
  const mediaType = types[extension ?? ""];
  return mediaType && extension ? { mediaType, extension } : undefined;
}
