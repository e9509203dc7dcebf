/** The questions of one parse to the model, and the account of what came of them. */
import type { ModelReport } from "@knowhere/contract";
import type { Prompt } from "../../enrich/prompts/prompt.ts";
import type { ModelAnswer, ModelClient, ModelRole } from "../../ports/model.ts";

/** Kinds of pieces a model makes; the keys of the manifest's account. */
export type Piece =
  | "pages"
  | "image_descriptions"
  | "tables"
  | "formulas"
  | "heading_levels"
  | "summaries"
  | "embeddings";

export class ModelWork {
  readonly #made: Record<string, number> = {};
  readonly #turnedDown: Record<string, number> = {};
  readonly #refused: Record<string, number> = {};
  readonly #unavailable = new Set<Piece>();
  #cached = 0;
  #spent = false;

  constructor(
    private readonly client: ModelClient | undefined,
    private readonly signal: AbortSignal,
  ) {}

  /** Whether there is a model for the role; when not, the piece is noted as not available. */
  can(role: ModelRole, piece: Piece): boolean {
    if (this.client?.models[role]) return !this.#spent;
    this.#unavailable.add(piece);
    return false;
  }

  /** The checked answer; null when there is none, which leaves the local result. */
  async ask<Input, Output>(prompt: Prompt<Input>, input: Input, jpeg?: Uint8Array): Promise<Output | null> {
    if (!this.client || this.#spent) return null;
    const { name, role, system, schema, maxTokens } = prompt;
    const image = jpeg && { bytes: jpeg, mediaType: "image/jpeg" };
    const request = { role, prompt: name, system, text: prompt.write(input), image, schema, maxTokens };
    return this.#take(await this.client.ask(request, this.signal)) as Output | null;
  }

  /** One vector a text; null when there is none. */
  async embed(texts: readonly string[]): Promise<number[][] | null> {
    if (!this.client || this.#spent) return null;
    return this.#take(await this.client.ask({ role: "embedding", texts }, this.signal)) as number[][] | null;
  }

  #take(answer: ModelAnswer): unknown {
    if (!answer.ok) {
      this.#refused[answer.reason] = (this.#refused[answer.reason] ?? 0) + 1;
      // Neither comes back within this job; asking on would only cost time.
      if (answer.reason === "budget" || answer.reason === "unreachable") this.#spent = true;
      return null;
    }
    if (answer.cached) this.#cached++;
    return answer.value;
  }

  /** Counts a piece as used, or as turned down by our own checks; hands `used` back. */
  count(piece: Piece, used: boolean, pieces = 1): boolean {
    const counts = used ? this.#made : this.#turnedDown;
    counts[piece] = (counts[piece] ?? 0) + pieces;
    return used;
  }

  report(): ModelReport {
    const { text, vision, embedding } = this.client?.models ?? {};
    return {
      models: { ...(text ? { text } : {}), ...(vision ? { vision } : {}), ...(embedding ? { embedding } : {}) },
      made: this.#made,
      turned_down: this.#turnedDown,
      refused: this.#refused,
      cached: this.#cached,
      not_available: [...this.#unavailable].sort(),
    };
  }
}
