import { Failure, replayEntry, RULES, type Replay } from "@gauntlet/core";
import type { Store } from "@gauntlet/server";
import type { Command } from "commander";

import type { Launch } from "../launch.ts";
import { EXIT, show, type Cli } from "../output/cli.ts";
import { reading } from "../session/open-session.ts";

export function registerReplay(program: Command, launch: Launch): void {
  program
    .command("replay")
    .description("Derive decisions again from their ledger entries; exits 1 when one comes out differently, or by newer rules")
    .argument("[decision]", "a decision's id")
    .option("--all", "every decision of every model")
    .action((decision: string | undefined, options: { all?: boolean }, command: Command) => {
      if ((decision === undefined) === (options.all !== true)) command.error("error: name a decision, or say --all");
      return launch(command, (cli) => replay(cli, decision ?? null));
    });
}

async function replay(cli: Cli, decisionId: string | null): Promise<number> {
  const { same, others } = await reading(cli, async (store) => {
    const found: Replay[] = [];
    let count = 0;
    for await (const one of decisionId === null ? replayAll(store) : replayOne(store, decisionId)) {
      if (one.outcome === "same") count += 1;
      else found.push(one);
    }
    return { same: count, others: found };
  });
  const [equal, different, newer] = (["equal", "different", "newer"] as const).map((outcome) => others.filter((one) => one.outcome === outcome)) as [Replay[], Replay[], Replay[]];
  const decisions = same + others.length;
  show(cli, { decisions, rules: RULES, same: same + equal.length, different, older: equal, newer }, () =>
    [
      `${decisions} decisions by rules ${RULES}: ${same} the same, ${equal.length} of older rules equal in substance, ${different.length} different${newer.length === 0 ? "" : `, ${newer.length} of newer rules not derived`}`,
      // Of many that are equal the first says it for all of its rules.
      ...[...different, ...newer, ...firstOfRules(equal)].map((one) => `  ${one.chain} entry ${one.seq} ${one.decisionId}: ${one.says}`),
    ].join("\n"),
  );
  return different.length + newer.length === 0 ? EXIT.ok : EXIT.failure;
}

function firstOfRules(all: readonly Replay[]): readonly Replay[] {
  return all.filter(({ rules }, index) => all.findIndex((one) => one.rules.decided === rules.decided) === index);
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
