/** A hint that something changed. It may be lost: whoever listens also polls slowly. */
export interface Bell {
  /** Rings after the surrounding work is committed. `payload` ≤ 7,000 bytes. */
  ring(channel: "queue" | "job" | "delivery", payload: string): Promise<void>;
  /** Calls `heard` for each ring, from any process; returns the way to stop. */
  listen(channel: "queue" | "job" | "delivery", heard: (payload: string) => void): () => void;
}
