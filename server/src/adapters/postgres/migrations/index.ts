/** The literal list. A migration that was released is never changed; append the next number. */
import { jobs } from "./0001-jobs.ts";
import { webhooks } from "./0002-webhooks.ts";
import { usage } from "./0003-usage.ts";
import { rateWindows } from "./0004-rate-windows.ts";
import { documents } from "./0005-documents.ts";
import { earlierResults } from "./0006-earlier-results.ts";
import { earlierTrees } from "./0007-earlier-trees.ts";
import { testEvents } from "./0008-test-events.ts";
import { stages } from "./0009-stages.ts";

export interface Migration {
  number: number;
  name: string;
  sql: string;
}

export const migrations: readonly Migration[] = [
  { number: 1, name: "jobs", sql: jobs },
  { number: 2, name: "webhooks", sql: webhooks },
  { number: 3, name: "usage", sql: usage },
  { number: 4, name: "rate-windows", sql: rateWindows },
  { number: 5, name: "documents", sql: documents },
  { number: 6, name: "earlier-results", sql: earlierResults },
  { number: 7, name: "earlier-trees", sql: earlierTrees },
  { number: 8, name: "test-events", sql: testEvents },
  { number: 9, name: "stages", sql: stages },
];
