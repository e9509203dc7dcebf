/** Whether the process that started this one still lives. */

const parent = process.ppid;

/**
 * Resolves when the process that started this one is gone. For servers started by `npx` or a script of npm: those run a shell
 * between, hand a signal to that shell alone, and it dies of it without passing it on. Keeps no process alive.
 */
export function parentGone(everyMs = 500): Promise<void> {
  return new Promise((done) => {
    const timer = setInterval(() => {
      if (process.ppid === parent) return;
      clearInterval(timer);
      done();
    }, everyMs).unref();
  });
}
