import { verifyLedger, type Store, type Verification } from "@gauntlet/controller";
import { Failure, type FailureCode } from "@gauntlet/core";
import { setImmediate as nextTurn } from "node:timers/promises";
import { Worker } from "node:worker_threads";

import type { Config } from "../config/config.ts";
import type { AuditOrder, AuditReport } from "./audit-worker.ts";
import { ledgerText } from "./ledger-text.ts";

/** Reads of the whole ledger, which must not hold up other requests. */
export interface Audit {
  /** @throws Failure `store_unavailable`. */
  verify(): Promise<Verification>;
  /** Every entry of every chain, one JSON object a line. */
  exported(): ReadableStream<Uint8Array>;
}

/** Entries that are read sooner than a thread starts. */
const SHORT_MAX = 1000;

/**
 * SQLite is read in a thread of its own, since reading and hashing there would stop the loop for as long as they take.
 * PostgreSQL answers over a socket, page by page, and others have their turn in between; so does a short ledger.
 */
export function audit(config: Config, store: Pick<Store, "ledger">): Audit {
  const breathing = withBreath(store);
  const isLong = async (): Promise<boolean> => config.store.kind === "sqlite" && (await store.ledger.heads()).reduce((sum, head) => sum + head.seq, 0) > SHORT_MAX;

  async function verify(): Promise<Verification> {
    if (!(await isLong())) return verifyLedger(breathing);
    for await (const report of reports({ config, work: "verify" })) if (report.kind === "verified") return report.verification;
    throw new Failure("internal", "the thread that verifies the ledger ended without an answer", { fix: "try again" });
  }

  async function* texts(): AsyncGenerator<string> {
    if (!(await isLong())) return yield* ledgerText(breathing);
    for await (const report of reports({ config, work: "export" })) if (report.kind === "text") yield report.text;
  }

  return { verify, exported: () => streamOf(texts()) };
}

/** What the thread says, one report for each that is asked for. It ends with the last one, or when nobody asks for more. */
async function* reports(order: AuditOrder): AsyncGenerator<AuditReport> {
  const worker = new Worker(new URL("./audit-worker.ts", import.meta.url), { workerData: order });
  const ended = new Promise<never>((_, reject) => {
    worker.once("error", reject);
    worker.once("exit", (code) => reject(new Failure("internal", `the thread that reads the ledger ended with code ${code}`)));
  });
  ended.catch(() => undefined);
  try {
    for (;;) {
      const answer = new Promise<AuditReport>((resolve) => worker.once("message", resolve));
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
      worker.postMessage("more");
      const report = await Promise.race([answer, ended]);
      if (report.kind === "failed") throw new Failure(report.code as FailureCode, report.message, report.fix === null ? {} : { fix: report.fix });
      if (report.kind === "end") return;
      yield report;
    }
  } finally {
    await worker.terminate();
  }
}

function streamOf(texts: AsyncGenerator<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(controller) {
      const next = await texts.next();
      if (next.done === true) controller.close();
      else controller.enqueue(encoder.encode(next.value));
    },
    async cancel() {
      await texts.return(undefined);
    },
  });
}

/** Gives requests their turn between pages: an embedded store answers without ever leaving the process. */
function withBreath(store: Pick<Store, "ledger">): Pick<Store, "ledger"> {
  return {
    ledger: {
      ...store.ledger,
      read: async (chain, after, limit) => {
        await nextTurn();
        return store.ledger.read(chain, after, limit);
      },
    },
  };
}
