/** Objects of a PDF found in its bytes, for the few facts that PDFium does not tell. */

/**
 * Where the body of an object begins, by "number generation"; the last of a number counts, as updates are appended. Objects
 * inside object streams are not found.
 */
export function indexObjects(source: Buffer): Map<string, number> {
  const objects = new Map<string, number>();
  for (let at = source.indexOf(" obj"); at >= 0; at = source.indexOf(" obj", at + 4)) {
    const name = /(?:^|\s)(\d+ \d+)$/.exec(source.toString("latin1", Math.max(0, at - 18), at))?.[1];
    if (name !== undefined) objects.set(name, at + 4);
  }
  return objects;
}
