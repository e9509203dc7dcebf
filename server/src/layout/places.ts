/** Places of nodes that run over several blocks. */
import type { Box, Place } from "@knowhere/contract";
import { growBox, overlapX, widthOf } from "./boxes.ts";

/** Adds places in reading order: those of one column grow into one box, another column or page is a place of its own. */
export function addPlaces(known: readonly Place[] | undefined, more: readonly Place[]): Place[] {
  const places = (known ?? []).map(copyPlace);
  for (const place of more) {
    const last = places.at(-1);
    if (last?.box && place.box && last.page === place.page && isStacked(last.box, place.box))
      growBox(last.box, place.box);
    else places.push(copyPlace(place));
  }
  return places;
}

const copyPlace = (place: Place): Place =>
  place.box ? { page: place.page, box: [...place.box] } : { page: place.page };

const isStacked = (above: Box, below: Box): boolean =>
  below[1] >= above[1] - 1 && overlapX(above, below) > 0.5 * Math.min(widthOf(above), widthOf(below));
