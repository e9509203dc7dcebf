/** What an operation of the API is. Validation, routes, OpenAPI, the SDK's types and the docs table all follow from the list. */
import { z } from "zod";
import { WireCodes } from "../job.ts";
import type { ProblemName } from "../problems.ts";

export type Method = "GET" | "POST" | "PUT" | "DELETE";
/** What a key must be allowed to do: admin includes write, write includes read. */
export type Scope = "read" | "write" | "admin";

export interface ResponseSpec {
  description: string;
  /** Checked and published; absent for bytes and for text. */
  schema?: z.ZodType;
  /** Default application/json. */
  mediaType?: string;
  headers?: Record<string, string>;
  examples?: Record<string, unknown>;
}

export interface Operation {
  id: string;
  method: Method;
  /** Below /v1 when `versioned`, with {parameters} in braces. */
  path: string;
  /** Other paths of the same operation. */
  aliases?: readonly string[];
  versioned: boolean;
  tag: "jobs" | "results" | "documents" | "webhooks" | "usage" | "keys" | "system";
  summary: string;
  description: string;
  /** null: no key is needed. */
  scope: Scope | null;
  params?: z.ZodObject;
  query?: z.ZodObject;
  headers?: z.ZodObject;
  body?: { required: boolean; content: Record<string, z.ZodType>; examples?: Record<string, unknown> };
  /** Successful answers by status. */
  responses: Record<number, ResponseSpec>;
  /** Named answers of the catalogue besides those that every operation may give. */
  problems: readonly ProblemName[];
}

/** Keeps the literal type, so that the SDK can read the shapes off the operation. */
export function operation<const T extends Operation>(given: T): T {
  return given;
}

/** The one shape of every error answer. */
export const ErrorAnswer = z
  .object({
    success: z.literal(false),
    error: z.object({
      code: WireCodes,
      message: z.string(),
      request_id: z.string(),
      details: z.record(z.string(), z.unknown()).optional(),
    }),
  })
  .meta({ id: "Error", description: "The code is stable; the message is for people; details narrow the code." });
export type ErrorAnswer = z.infer<typeof ErrorAnswer>;

export const JobId = z.object({ job_id: z.string().describe("The job's identifier, e.g. job_3f2a91c0d4e7.") });
