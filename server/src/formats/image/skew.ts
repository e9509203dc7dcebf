/**
 * The angle a scanned page is turned by, from its projection profile: at the right angle, lines of text and the gaps
 * between them make the sharpest peaks (Postl, "Detection of linear oblique structures and skew scan", 1986).
 */
import type { GrayImage } from "./pixels.ts";

const maxDegrees = 6;
/** Pixels looked at, and dark ones of them that are counted; more do not change the answer. */
const maxPixels = 250_000;
const maxSamples = 20_000;
/** The first search, in coarse steps, needs fewer of them. */
const coarseEvery = 2;

/** Degrees to turn the picture by, clockwise positive, to make its lines level; 0 when it cannot tell. Best on pictures of about 800 px width. */
export function estimateSkew(image: GrayImage, threshold: number): number {
  const { data, width, height } = image;
  const stride = Math.ceil(data.length / maxPixels);
  let dark = 0;
  for (let i = 0; i < data.length; i += stride) if (data[i]! < threshold) dark++;
  // A page that is mostly dark is a photo or a drawing, not lines of text.
  if (dark < 200 || dark * stride > data.length * 0.4) return 0;
  const step = Math.max(1, Math.ceil(dark / maxSamples));
  const xs = new Float64Array(Math.ceil(dark / step));
  const ys = new Float64Array(xs.length);
  let [skip, taken] = [0, 0];
  for (let at = 0; at < data.length; at += stride) {
    if (data[at]! >= threshold || skip-- > 0) continue;
    skip = step - 1;
    xs[taken] = (at % width) - width / 2;
    ys[taken++] = Math.floor(at / width) - height / 2;
  }
  const reach = Math.ceil(Math.hypot(width, height) / 2) + 2;
  const profile = new Float64Array(2 * reach);
  /** Of every `every`-th dark pixel. */
  const sharpnessAt = (degrees: number, every: number) => {
    profile.fill(0);
    const sine = Math.sin((degrees * Math.PI) / 180);
    const cosine = Math.cos((degrees * Math.PI) / 180);
    for (let i = 0; i < xs.length; i += every) {
      const row = xs[i]! * sine + ys[i]! * cosine + reach;
      const whole = Math.floor(row);
      // Shared between two rows, so that the sum changes smoothly with the angle.
      profile[whole]! += 1 - (row - whole);
      profile[whole + 1]! += row - whole;
    }
    let sum = 0;
    for (let i = 1; i < profile.length; i++) sum += (profile[i]! - profile[i - 1]!) ** 2;
    return sum;
  };
  const best = (from: number, to: number, by: number, every: number) => {
    let at = 0;
    let most = -1;
    for (let degrees = from; degrees <= to + 1e-9; degrees += by) {
      const sharpness = sharpnessAt(degrees, every);
      if (sharpness > most) [at, most] = [degrees, sharpness];
    }
    return { at, most };
  };
  const coarse = best(-maxDegrees, maxDegrees, 0.5, coarseEvery);
  const fine = best(coarse.at - 0.4, coarse.at + 0.4, 0.1, 1);
  // Straight pages stay untouched: turning blurs them. A turn must pay clearly.
  if (Math.abs(fine.at) < 0.25 || fine.most < sharpnessAt(0, 1) * 1.1) return 0;
  return fine.at;
}
