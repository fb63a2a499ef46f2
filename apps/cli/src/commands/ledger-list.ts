import { Failure, type LedgerEntry, type LedgerEvent } from "@gauntlet/core";
import { InvalidArgumentError, type Command } from "commander";

import type { Launch } from "../launch.ts";
import { EXIT, show, type Cli } from "../output/cli.ts";
import { table } from "../output/table.ts";
import { time } from "../output/words.ts";
import { reading } from "../session/open-session.ts";

export function registerLedgerList(ledger: Command, launch: Launch): void {
  ledger
    .command("list")
    .description("The chains, or the newest entries of one")
    .argument("[model]")
    .option("--limit <n>", "entries", parseLimit, 50)
    .action((model: string | undefined, options: { limit: number }, command: Command) => launch(command, (cli) => (model === undefined ? listChains(cli) : listEntries(cli, model, options.limit))));
}

function parseLimit(text: string): number {
  const limit = Number(text);
  if (!/^\d+$/.test(text) || limit < 1 || limit > 10_000) throw new InvalidArgumentError("a number from 1 to 10000");
  return limit;
}

async function listChains(cli: Cli): Promise<number> {
  const chains = await reading(cli, async (store) => (await store.ledger.heads()).map(({ chain, seq, hash, confirmedAt }) => ({ chain, entries: seq, head: hash, confirmedAt })));
  show(cli, { chains }, () => table(["CHAIN", "ENTRIES", "HEAD"], chains.map(({ chain, entries, head }) => [chain, String(entries), head])));
  return EXIT.ok;
}

async function listEntries(cli: Cli, model: string, limit: number): Promise<number> {
  const entries = await reading(cli, async (store) => {
    const head = await store.ledger.head(model);
    if (head === null) throw new Failure("not_found", `there is no ledger of ${model}`, { fix: "list them with `gauntlet ledger list`" });
    return store.ledger.read(model, Math.max(0, head.seq - limit), limit);
  });
  show(cli, { entries }, () => table(["SEQ", "AT", "WHAT", "HASH"], entries.map((entry) => [String(entry.seq), time(entry.at), summaryOf(entry), entry.hash.slice(0, 12)])));
  return EXIT.ok;
}

function summaryOf({ event }: LedgerEntry): string {
  return `${event.kind} ${detailOf(event)}`.trim();
}

function detailOf(event: LedgerEvent): string {
  switch (event.kind) {
    case "rollout.started":
      return `${event.rollout.id}: version ${event.rollout.challenger.version} against ${event.rollout.champion.version}, by ${event.rollout.startedBy}`;
    case "decision":
      return `${event.decision.id} ${event.decision.verdict} (${event.decision.reason})`;
    case "effect.applied":
      return `${event.key} ${event.note}`;
    case "effect.failed":
      return `${event.key} ${event.code}: ${event.detail}`;
    case "plan.applied":
      return event.decisionId;
    case "plan.reopened":
    case "drift.seen":
    case "drift.gone":
    case "drift.reverted":
      return event.detail;
    case "approval":
      return `${event.approval.decisionId} by ${event.approval.by}`;
    case "request":
      return `${event.request.kind} by ${event.request.by}: ${event.request.reason}`;
    case "hold":
      return `by ${event.hold.by}: ${event.hold.reason}`;
    case "resume":
      return `by ${event.by}: ${event.reason}`;
    case "root":
      return `${Object.keys(event.heads).length} chains`;
  }
}
