import { problem } from "@knowhere/contract";
import type { Reader } from "../reader.ts";
export const epubReader: Reader = { format: "epub", read: () => Promise.reject(problem("UNSUPPORTED_TYPE")) };
