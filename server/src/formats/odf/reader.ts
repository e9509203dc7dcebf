import { problem } from "@knowhere/contract";
import type { Reader } from "../reader.ts";
export const odtReader: Reader = { format: "odt", read: () => Promise.reject(problem("UNSUPPORTED_TYPE")) };
export const odpReader: Reader = { format: "odp", read: () => Promise.reject(problem("UNSUPPORTED_TYPE")) };
