/** Operations on what was used; those below /billing keep the shapes of the hosted service, where nothing is sold. */
import { z } from "zod";
import { Timestamp } from "../job.ts";
import { operation } from "./operation.ts";

const usage = { method: "GET", versioned: true, tag: "usage", scope: "read" } as const;

const sums = {
  jobs: z.int().min(0).describe("Jobs that were done; erased ones count on."),
  pages: z
    .int()
    .min(0)
    .describe(
      "Pages of PDFs, slides, images; of texts and Word files each 500 words begun; of tables each 50 rows begun.",
    ),
  bytes: z.int().min(0).describe("Of the sources."),
  seconds: z.number().min(0).describe("Of work on them."),
};
const Day = z.iso.date();
export const UsageReport = z
  .object({
    from: Day,
    to: Day,
    total: z.object(sums),
    days: z.array(z.object({ date: Day, key_id: z.string(), key_name: z.string().optional(), ...sums })),
  })
  .meta({ id: "Usage" });

const day = { jobs: 12, pages: 340, bytes: 48210332, seconds: 71.4 };

export const getUsage = operation({
  ...usage,
  id: "getUsage",
  path: "/usage",
  summary: "What was parsed, by key and day",
  description:
    "Sums over the account's jobs that were done, one row for each day (UTC) and key with any. Both ends count. Default: the last 30 days.",
  query: z.object({
    from: Day.optional().describe("First day, e.g. 2026-01-01."),
    to: Day.optional().describe("Last day; default today. At most 366 days in all."),
    key_id: z.string().max(64).optional(),
  }),
  responses: {
    200: {
      description: "The sums",
      schema: UsageReport,
      examples: {
        day: {
          from: "2025-01-15",
          to: "2025-01-15",
          total: day,
          days: [{ date: "2025-01-15", key_id: "key_5b0f6c1d2e3a", key_name: "laptop", ...day }],
        },
      },
    },
  },
  problems: ["VALIDATION_FAILED"],
});

const billing = "This server sells nothing: credits are zero and there is no balance.";

export const getCredits = operation({
  ...usage,
  id: "getCredits",
  path: "/billing/credits",
  summary: "Balance (billing is off)",
  description: `${billing} \`credits_balance\` is therefore absent.`,
  responses: {
    200: {
      description: "No balance",
      schema: z.object({ billing_enabled: z.literal(false), credits_balance: z.number().optional() }),
      examples: { off: { billing_enabled: false } },
    },
  },
  problems: [],
});

export const getBillingUsage = operation({
  ...usage,
  id: "getBillingUsage",
  path: "/billing/usage",
  summary: "Use in a period (billing is off)",
  description: `${billing} \`api_calls_count\` counts jobs; single requests are counted in /metrics only.`,
  query: z.object({ period: z.enum(["day", "week", "month", "year"]).default("month") }),
  responses: {
    200: {
      description: "The period that ends now",
      schema: z.object({
        period: z.string(),
        total_credits_used: z.number(),
        api_calls_count: z.int().min(0),
        success_rate: z.number().min(0).max(100).optional().describe("Percent; absent when no job has ended."),
        average_response_time: z.number().min(0).optional().describe("Seconds of work on a job."),
        top_endpoints: z.array(z.string()),
      }),
      examples: {
        month: {
          period: "month",
          total_credits_used: 0,
          api_calls_count: 12,
          success_rate: 91.7,
          average_response_time: 5.95,
          top_endpoints: [],
        },
      },
    },
  },
  problems: ["VALIDATION_FAILED"],
});

export const getParseUsage = operation({
  ...usage,
  id: "getParseUsage",
  path: "/billing/parse-usage",
  summary: "Parsing this month (billing is off)",
  description: `${billing} \`mom_growth\` compares the done jobs of this calendar month with those of the last one, in percent.`,
  responses: {
    200: {
      description: "This calendar month, UTC",
      schema: z.object({
        request_total: z.int().min(0),
        mom_growth: z.number().optional().describe("Absent when there was nothing last month."),
        credits_used: z.number(),
        estimated_amount: z.number().optional(),
        success_rate: z.number().min(0).max(100).optional(),
        avg_processing_time: z.number().min(0).optional(),
      }),
      examples: {
        month: { request_total: 12, mom_growth: 50, credits_used: 0, success_rate: 91.7, avg_processing_time: 5.95 },
      },
    },
  },
  problems: [],
});

export const listBillingHistory = operation({
  ...usage,
  id: "listBillingHistory",
  path: "/billing/history",
  summary: "Transactions (billing is off)",
  description: `${billing} The list is empty.`,
  query: z.object({ limit: z.coerce.number().int().min(1).max(500).default(50) }),
  responses: {
    200: {
      description: "None",
      schema: z.array(
        z.object({
          id: z.string(),
          credits_amount: z.number(),
          transaction_type: z.string(),
          description: z.string().optional(),
          created_at: Timestamp,
        }),
      ),
      examples: { none: [] },
    },
  },
  problems: ["VALIDATION_FAILED"],
});

export const listPriceConfigs = operation({
  ...usage,
  id: "listPriceConfigs",
  path: "/billing/price-configs",
  summary: "Prices (billing is off)",
  description: `${billing} There are no prices.`,
  query: z.object({ product_type: z.string().max(64).optional() }),
  responses: {
    200: {
      description: "None",
      schema: z.object({ subscriptions: z.array(z.unknown()), credits_packages: z.array(z.unknown()) }),
      examples: { none: { subscriptions: [], credits_packages: [] } },
    },
  },
  problems: ["VALIDATION_FAILED"],
});
