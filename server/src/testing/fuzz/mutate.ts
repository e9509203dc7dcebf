/** One mutation of a seed: of the bytes as they are, or of what stands inside when the format has an inside. */
import { mutateBytes } from "./byte-mutations.ts";
import { mutateCompound, mutatePdf, mutateZip } from "./container-mutations.ts";
import type { Seed } from "./corpus.ts";
import { type Random, randomOf } from "./random.ts";
import { mutateXml } from "./xml-mutations.ts";

export interface Mutant {
  bytes: Uint8Array;
  /** What was done, in words. */
  how: string;
}
type Structured = (bytes: Uint8Array, random: Random) => Mutant | Promise<Mutant>;

const asXml: Structured = (bytes, random) => {
  const { xml, how } = mutateXml(Buffer.from(bytes).toString("utf8"), random);
  return { bytes: Buffer.from(xml), how };
};
const structured: Partial<Record<Seed["format"], Structured>> = {
  docx: mutateZip,
  pptx: mutateZip,
  xlsx: mutateZip,
  xlsb: mutateZip,
  odt: mutateZip,
  odp: mutateZip,
  ods: mutateZip,
  epub: mutateZip,
  doc: mutateCompound,
  ppt: mutateCompound,
  xls: mutateCompound,
  msg: mutateCompound,
  pdf: mutatePdf,
  html: asXml,
  xml: asXml,
};
/** A second and third mutation on top of the first, now and then: some faults need two things to be wrong. */
const mostMutations = 3;

/** The mutant of a seed under a number; the same for the same three. */
export async function mutate(format: Seed["format"], whole: Uint8Array, seed: number): Promise<Mutant> {
  const random = randomOf(seed);
  const inside = structured[format];
  let mutant: Mutant = { bytes: whole, how: "" };
  const words: string[] = [];
  for (let times = 1 + random.below(mostMutations); times > 0; times--) {
    // Damaged bytes are no container any more: what is inside is changed first, and the bytes last.
    const isLast = times === 1;
    if (inside && !(isLast && random.below(3) === 0)) mutant = await inside(mutant.bytes, random);
    else {
      mutant = mutateBytes(mutant.bytes, random);
      times = 1;
    }
    words.push(mutant.how);
  }
  return { bytes: mutant.bytes, how: words.join(", ") };
}
