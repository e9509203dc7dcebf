/** Ports of which the n-th call fails, counted over all of them: before it does anything, or after it has done everything. */

export interface PortFault {
  /** From 1. */
  call: number;
  when: "before" | "after";
  error: Error;
}

export interface FailingPorts {
  wrap<T extends object>(name: string, port: T): T;
  /** "port.method" of every call so far, in order. */
  calls: string[];
}

export function createFailingPorts(fault: PortFault | null): FailingPorts {
  const calls: string[] = [];
  return {
    calls,
    wrap<T extends object>(name: string, port: T): T {
      const wrapped = { ...port } as Record<string, unknown>;
      for (const [method, call] of Object.entries(wrapped)) {
        // Listening is no call to the outside: what is heard may be lost anyway.
        if (typeof call !== "function" || method === "listen") continue;
        wrapped[method] = (...parameters: unknown[]) => {
          const failing = calls.push(`${name}.${method}`) === fault?.call;
          if (!failing) return call(...parameters);
          if (method === "list" && name === "blobs") return failingList(call(...parameters), fault);
          if (fault.when === "before") return Promise.reject(fault.error);
          return Promise.resolve(call(...parameters)).then(() => {
            throw fault.error;
          });
        };
      }
      return wrapped as T;
    },
  };
}

async function* failingList<T>(entries: AsyncIterable<T>, { when, error }: PortFault): AsyncGenerator<T> {
  if (when === "after") yield* entries;
  throw error;
}
