import { asFailure, verifyLedger, type Verification } from "@gauntlet/controller";
import { parentPort, workerData } from "node:worker_threads";

import { openStoreForReading } from "../compose.ts";
import type { Config } from "../config/config.ts";
import { ledgerText } from "./ledger-text.ts";

export interface AuditOrder {
  readonly config: Config;
  readonly work: "verify" | "export";
}

export type AuditReport =
  | { readonly kind: "verified"; readonly verification: Verification }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "end" }
  | { readonly kind: "failed"; readonly code: string; readonly message: string; readonly fix: string | null };

async function* reports({ config, work }: AuditOrder): AsyncGenerator<AuditReport> {
  const store = await openStoreForReading(config);
  try {
    if (work === "verify") yield { kind: "verified", verification: await verifyLedger(store) };
    else for await (const text of ledgerText(store)) yield { kind: "text", text };
  } finally {
    await store.close();
  }
}

async function next(all: AsyncGenerator<AuditReport>): Promise<AuditReport> {
  try {
    const { done, value } = await all.next();
    return done === true ? { kind: "end" } : value;
  } catch (error) {
    const { code, message, fix } = asFailure(error);
    return { kind: "failed", code, message, fix };
  }
}

const all = reports(workerData as AuditOrder);
// One report for each message: nothing piles up when the reader is slow.
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
parentPort?.on("message", () => void next(all).then((report) => parentPort?.postMessage(report)));
