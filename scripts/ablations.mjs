// What keeps jobs from being lost or done twice, and the test that notices when it is gone. `npm run faults` runs each
// test on sources from which the safeguard was taken out as they are loaded (scripts/ablation.config.ts); it must fail.
export const ablations = {
  "lease check": {
    edits: [
      [
        "server/src/adapters/postgres/job-queue.ts",
        "where lease_until is not null and (lease_until < $1 or lease_until > $2) order",
        "where lease_until is not null and ($1::timestamptz, $2::timestamptz) is not null order",
      ],
      ["server/src/jobs/caretakers.ts", "item.token !== token || !isLost(item.leaseUntil)", "item.token !== token"],
    ],
    test: ["server/src/jobs/caretakers.test.ts", "let a claim be while its lease runs"],
  },
  "fencing number": {
    edits: [
      [
        "server/src/adapters/postgres/job-store.ts",
        "(item?.token !== options.token || item.leasedBy === null)",
        "before.version < 0",
      ],
    ],
    test: [
      "server/src/adapters/postgres/job-store.test.ts",
      "the job store on PostgreSQL refuses a move under a claim that is not the latest",
    ],
  },
  "fencing number in the name of a result": {
    edits: [
      [
        "server/src/jobs/result-keys.ts",
        "resultKey = (jobId: string, token: number) =>",
        "resultKey = (jobId: string, _token: number, token = 0) =>",
      ],
    ],
    test: ["server/src/jobs/caretakers.test.ts", "let the winner's result be when the lost worker ends last"],
  },
  "atomic publish": {
    edits: [
      [
        "server/src/adapters/files/store.ts",
        "      checkKey(key);\n      const stream =",
        "      checkKey(key);\n      if (!(body instanceof Uint8Array)) {\n        await mkdir(dirname(dataPath(key)), { recursive: true });\n        await pipeline(body, createWriteStream(dataPath(key)));\n      }\n      const stream =",
      ],
    ],
    test: ["server/src/adapters/files/files.test.ts", "keeps nothing of a stream that breaks"],
  },
  outbox: {
    edits: [
      [
        "server/src/adapters/postgres/job-store.ts",
        "await hooks.onMove?.(tx, { before, after: next.job, events: next.events });",
        "setTimeout(() => void database.transaction(async (late) => hooks.onMove?.(late, { before, after: next.job, events: next.events })).catch(() => {}));",
      ],
    ],
    test: [
      "server/src/adapters/postgres/job-store.test.ts",
      "writes what hooks write in the transaction of the move, and nothing when a hook fails",
    ],
  },
};
