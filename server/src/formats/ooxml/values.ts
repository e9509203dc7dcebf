/** Small value types of Office Open XML attributes. */
import { childOf, type XmlElement } from "../xml/element.ts";

/** ST_OnOff: an element without `val` is on. Undefined when the element is absent. */
export function onOff(parent: XmlElement | undefined, name: string): boolean | undefined {
  const element = childOf(parent, name);
  if (!element) return undefined;
  const value = element.attributes["w:val"] ?? element.attributes["val"];
  return value === undefined || !(value === "0" || value === "false" || value === "off" || value === "none");
}

/** The `w:val` of a child. */
export function valOf(parent: XmlElement | undefined, name: string): string | undefined {
  const element = childOf(parent, name);
  return element?.attributes["w:val"] ?? element?.attributes["val"];
}

/** A whole number, or undefined. */
export function integerOf(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const number = Number.parseInt(value, 10);
  return Number.isSafeInteger(number) ? number : undefined;
}

const unitTwips: Readonly<Record<string, number>> = { pt: 20, in: 1440, cm: 566.929, mm: 56.6929, pc: 240, pi: 240 };

/** A measure in twentieths of a point: a bare number, or (Strict) a number with a unit. */
export function twipsOf(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const match = /^(-?[\d.]+)([a-z]*)$/.exec(value);
  const number = Number(match?.[1]);
  if (!match || !Number.isFinite(number)) return undefined;
  return match[2] ? number * (unitTwips[match[2]] ?? 1) : number;
}

/** English Metric Units, 12,700 a point. */
export const emuPerPoint = 12_700;
