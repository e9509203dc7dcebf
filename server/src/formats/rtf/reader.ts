import { problem } from "@knowhere/contract";
import type { Reader } from "../reader.ts";
export const rtfReader: Reader = { format: "rtf", read: () => Promise.reject(problem("UNSUPPORTED_TYPE")) };
