/** Asks a language model for one small, checked piece of a result. What it says is an offer: the local result stays where there is none. */
export type ModelRole = "text" | "vision" | "embedding";

export interface ModelRequest {
  role: "text" | "vision";
  /** "table-summary/1": name and version of the prompt; part of the key under which answers are kept. */
  prompt: string;
  /** What to do. */
  system: string;
  /** What to do it with; foreign text, marked as such by the prompt. */
  text: string;
  /** JPEG or PNG. */
  image?: { bytes: Uint8Array; mediaType: string } | undefined;
  /** JSON Schema of the answer, an object. */
  schema: Record<string, unknown>;
  maxTokens: number;
}

/** Asks for one vector a text, in their order: the answer's value is a list of number lists of one length. */
export interface EmbeddingRequest {
  role: "embedding";
  texts: readonly string[];
}

export type ModelQuestion = ModelRequest | EmbeddingRequest;

export type ModelRefusal =
  /** No model for this role is configured. */
  | "not_configured"
  /** Not reached, or it failed, after all tries. */
  | "unreachable"
  /** Cut off at the token limit. */
  | "truncated"
  /** Not of the schema, also when asked again. */
  | "invalid"
  /** The job has used up its calls, tokens or time. */
  | "budget";

export type ModelAnswer =
  | { ok: true; value: unknown; model: string; cached: boolean }
  | { ok: false; reason: ModelRefusal; message: string };

/** Names of the models by role; a role that is missing is not configured. */
export type ModelNames = { [role in ModelRole]?: string | undefined };

/** Never rejects but for `signal`. May be asked side by side; the adapter makes callers wait their turn. */
export interface ModelClient {
  readonly models: ModelNames;
  ask(request: ModelQuestion, signal: AbortSignal): Promise<ModelAnswer>;
}

/** The endpoint of a server process; each job talks to it through a client with a budget of its own. */
export interface ModelEndpoint {
  readonly models: ModelNames;
  openClient(): ModelClient;
}
