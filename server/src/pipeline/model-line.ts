/**
 * The line between a parse child, which has no network and no keys, and the model endpoint, which the parent alone reaches:
 * the child asks over IPC, the parent's client answers within the job's budget.
 */
import type { ModelAnswer, ModelClient, ModelEndpoint, ModelNames, ModelQuestion } from "../ports/model.ts";

export interface AskMessage {
  type: "ask";
  id: number;
  request: ModelQuestion;
}
export interface AnswerMessage {
  type: "answer";
  id: number;
  answer: ModelAnswer;
}

/** The child's end: a client whose answers come from the parent. */
export interface ModelLine extends ModelClient {
  hear(message: AnswerMessage): void;
}
export function openModelLine(models: ModelNames, send: (message: AskMessage) => void): ModelLine {
  const waiting = new Map<number, (answer: ModelAnswer) => void>();
  let asked = 0;
  return {
    models,
    async ask(request, signal) {
      signal.throwIfAborted();
      const id = ++asked;
      return new Promise<ModelAnswer>((resolve) => {
        waiting.set(id, resolve);
        send({ type: "ask", id, request });
      });
    },
    hear({ id, answer }) {
      waiting.get(id)?.(answer);
      waiting.delete(id);
    },
  };
}

/** The parent's end for one parse. After `timeoutMs` questions are refused, so that the parse still ends within its deadline. */
export interface ModelDesk {
  hear(message: AskMessage): void;
  close(): void;
}
export function openModelDesk(
  endpoint: ModelEndpoint,
  send: (message: AnswerMessage) => void,
  timeoutMs: number,
): ModelDesk {
  const client = endpoint.openClient();
  const over = new AbortController();
  const late = setTimeout(() => over.abort(), timeoutMs);
  late.unref();
  let closed = false;
  return {
    hear({ id, request }) {
      void client
        .ask(request, over.signal)
        .catch(
          (error): ModelAnswer => ({
            ok: false,
            reason: over.signal.aborted ? "budget" : "invalid",
            message: over.signal.aborted ? "The job's time for the model is used up." : String(error),
          }),
        )
        .then((answer) => {
          if (!closed) send({ type: "answer", id, answer });
        });
    },
    close() {
      closed = true;
      clearTimeout(late);
      over.abort();
    },
  };
}
