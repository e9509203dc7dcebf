/** The questions of one parse to the model, and the account of what came of them. */
import type { JobStage, ModelReport } from "@knowhere/contract";
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
  #stage: JobStage = { name: "enriching", done: 0, total: 0 };
  #cached = 0;
  #spent = false;

  constructor(
    private readonly client: ModelClient | undefined,
    private readonly signal: AbortSignal,
    private readonly onStage: (stage: JobStage) => void = () => {},
  ) {}

  /** Does `work` for each piece, `side` of them at a time, and tells how far it is. */
  async each<T>(
    stage: JobStage["name"],
    side: number,
    pieces: readonly T[],
    work: (piece: T) => Promise<void>,
  ): Promise<void> {
    const known = this.#stage.name === stage ? this.#stage : { name: stage, done: 0, total: 0 };
    this.#stage = { ...known, total: known.total + pieces.length };
    for (let at = 0; at < pieces.length; at += side) {
      const batch = pieces.slice(at, at + side);
      this.onStage(this.#stage);
      await Promise.all(batch.map(work));
      this.#stage = { ...this.#stage, done: this.#stage.done + batch.length };
    }
  }

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
