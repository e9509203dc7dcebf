/** Which handler answers which operation. */
import type { OperationId } from "@knowhere/contract";
import type { Handler } from "../call.ts";
import * as keys from "./api-keys.ts";
import { confirmUpload } from "./confirm-upload.ts";
import { createJob } from "./create-job.ts";
import * as documents from "./documents.ts";
import { cancelJob, deleteJob, retryJob } from "./end-job.ts";
import { getJob } from "./get-job.ts";
import { listJobs } from "./list-jobs.ts";
import * as results from "./result-parts.ts";
import { streamJobEvents } from "./stream-job-events.ts";
import * as system from "./system.ts";
import * as usage from "./usage.ts";
import * as webhooks from "./webhooks.ts";

export const handlers: { [Id in OperationId]: Handler<Id> } = {
  createJob,
  listJobs,
  getJob,
  deleteJob,
  confirmUpload,
  cancelJob,
  retryJob,
  streamJobEvents,
  getMarkdown: results.getMarkdown,
  getChunks: results.getChunks,
  getDocument: results.getDocument,
  getHtml: results.getHtml,
  getImage: results.getImage,
  getTable: results.getTable,
  getAsset: results.getAsset,
  createKey: keys.createKey,
  listKeys: keys.listKeys,
  revokeKey: keys.revokeKey,
  getKey: keys.getKey,
  toggleKey: keys.toggleKey,
  listDocuments: documents.listDocuments,
  getPublishedDocument: documents.getPublishedDocument,
  listDocumentVersions: documents.listDocumentVersions,
  listDocumentChunks: documents.listDocumentChunks,
  getDocumentChunk: documents.getDocumentChunk,
  archiveDocument: documents.archiveDocument,
  getDocumentSource: documents.getDocumentSource,
  listWebhookLogs: webhooks.listWebhookLogs,
  triggerWebhook: webhooks.triggerWebhook,
  testWebhook: webhooks.testWebhook,
  listWebhookSecrets: webhooks.listWebhookSecrets,
  createWebhookSecret: webhooks.createWebhookSecret,
  revokeWebhookSecret: webhooks.revokeWebhookSecret,
  getUsage: usage.getUsage,
  getCredits: usage.getCredits,
  getBillingUsage: usage.getBillingUsage,
  getParseUsage: usage.getParseUsage,
  listBillingHistory: usage.listBillingHistory,
  listPriceConfigs: usage.listPriceConfigs,
  getHealth: system.getHealth,
  getReadiness: system.getReadiness,
  getWelcome: system.getWelcome,
  getVersion: system.getVersion,
  getMetrics: system.getMetrics,
  getOpenApi: system.getOpenApi,
  listSchemas: system.listSchemas,
  getSchema: system.getSchema,
  getDocsPage: system.getDocsPage,
};
