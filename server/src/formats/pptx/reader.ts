import { problem } from "@knowhere/contract";
import type { Reader } from "../reader.ts";
export const pptxReader: Reader = { format: "pptx", read: () => Promise.reject(problem("UNSUPPORTED_TYPE")) };
