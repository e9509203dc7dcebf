/** The one list of operations. A new one is an entry here and a handler in the server. */
import * as documents from "./documents.ts";
import * as jobs from "./jobs.ts";
import * as keys from "./keys.ts";
import type { Operation } from "./operation.ts";
import * as results from "./results.ts";
import * as system from "./system.ts";
import * as usage from "./usage.ts";
import * as webhooks from "./webhooks.ts";

export const operations = {
  createJob: jobs.createJob,
  listJobs: jobs.listJobs,
  getJob: jobs.getJob,
  deleteJob: jobs.deleteJob,
  confirmUpload: jobs.confirmUpload,
  cancelJob: jobs.cancelJob,
  retryJob: jobs.retryJob,
  streamJobEvents: jobs.streamJobEvents,
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
} as const satisfies Record<string, Operation>;
export type Operations = typeof operations;
export type OperationId = keyof Operations;

export { Chunking, CreateJobForm, type CreateJobInput, CreateJobRequest, ParsingParams } from "./create-request.ts";
export { DocumentChunk, Pagination, PublishedDocument } from "./documents.ts";
export { Erased, JobPage, Message } from "./jobs.ts";
export { ApiKey, CreateKeyRequest, KeyScope } from "./keys.ts";
export { buildOpenApi } from "./openapi.ts";
export { ErrorAnswer, type Method, type Operation, type ResponseSpec, type Scope } from "./operation.ts";
export { publishSchemas } from "./schemas.ts";
export { UsageReport } from "./usage.ts";
export { WebhookLog, WebhookSecret, WebhookTry } from "./webhooks.ts";
