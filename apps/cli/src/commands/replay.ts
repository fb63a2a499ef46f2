import { Failure, replayEntry, type Replay } from "@gauntlet/core";
import type { Store } from "@gauntlet/server";
import type { Command } from "commander";

import type { Launch } from "../main.ts";
import { EXIT, show, type Cli } from "../output/cli.ts";
import { reading } from "../session/open-session.ts";

export function registerReplay(program: Command, launch: Launch): void {
  program
    .command("replay")
    .description("Derive decisions again from their ledger entries; exits 1 when one comes out differently")
    .argument("[decision]", "a decision's id")
    .option("--all", "every decision of every model")
    .action((decision: string | undefined, options: { all?: boolean }, command: Command) => {
      if ((decision === undefined) === (options.all !== true)) command.error("error: name a decision, or say --all");
      return launch(command, (cli) => replay(cli, decision ?? null));
    });
}

async function replay(cli: Cli, decisionId: string | null): Promise<number> {
  const { decisions, different } = await reading(cli, async (store) => {
    const found: Replay[] = [];
    let count = 0;
    for await (const one of decisionId === null ? replayAll(store) : replayOne(store, decisionId)) {
      count += 1;
      if (!one.same) found.push(one);
    }
    return { decisions: count, different: found };
  });
  show(cli, { decisions, same: decisions - different.length, different }, () =>
    [`${decisions} decisions derived again, ${decisions - different.length} the same, ${different.length} different`, ...different.map((one) => `  ${one.chain} entry ${one.seq} ${one.decisionId}: ${one.difference ?? ""}`)].join("\n"),
  );
  return different.length === 0 ? EXIT.ok : EXIT.failure;
}

async function* replayAll(store: Store): AsyncGenerator<Replay> {
  const { replayLedger } = await import("@gauntlet/server");
  yield* replayLedger(store, null);
}

async function* replayOne(store: Store, decisionId: string): AsyncGenerator<Replay> {
  const { findDecisionAnywhere } = await import("@gauntlet/server");
  const replayed = replayEntry(await findDecisionAnywhere(store, decisionId));
  if (replayed === null) throw new Failure("ledger_corrupt", `${decisionId} is no decision`);
  yield replayed;
}
