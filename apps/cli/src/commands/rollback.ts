import { Failure, type Rollout } from "@gauntlet/core";
import type { Store } from "@gauntlet/server";
import type { Command } from "commander";
import { createInterface } from "node:readline/promises";

import type { Launch } from "../launch.ts";
import { EXIT, show, type Cli } from "../output/cli.ts";
import { act, actAndTell } from "../session/act.ts";
import { reading } from "../session/open-session.ts";

interface RollbackOptions {
  readonly reason?: string;
  readonly by?: string;
  readonly fromModel?: string;
  readonly toModel?: string;
  readonly dryRun?: true;
  readonly force?: true;
}

export function registerRollback(program: Command, launch: Launch): void {
  program
    .command("rollback")
    .description("Restore what served before; works with no data at all, and after a promotion")
    .argument("[model]", "or --from-model and --to-model")
    .option("--reason <text>", "why; kept in the ledger for ever")
    .option("--by <name>", "who asks")
    .option("--from-model <version>", "what serves, as <model>@<version> or by its name in the matches")
    .option("--to-model <version>", "what is to serve again: only what was there before the rollout")
    .option("--dry-run", "only say what would be restored")
    .option("--force", "with --from-model: don't ask")
    .action((model: string | undefined, options: RollbackOptions, command: Command) => {
      const mistake = usageMistake(model, options);
      if (mistake !== null) command.error(`error: ${mistake}`);
      return launch(command, (cli) => (model === undefined ? rollbackBetween(cli, options) : rollbackModel(cli, model, options)));
    });
}

function usageMistake(model: string | undefined, { fromModel, toModel, reason, dryRun }: RollbackOptions): string | null {
  const isPair = fromModel !== undefined && toModel !== undefined;
  if (model === undefined) return isPair ? null : "name what is rolled back: a model, or both --from-model and --to-model";
  if (fromModel !== undefined || toModel !== undefined) return "a model is named twice: give it alone, or --from-model with --to-model";
  return reason === undefined && dryRun !== true ? "required option '--reason <text>' not specified" : null;
}

async function rollbackModel(cli: Cli, model: string, { reason = "", by, dryRun }: RollbackOptions): Promise<number> {
  if (dryRun === true) return tell(cli, await reading(cli, (store) => rolloutOf(store, model)));
  return actAndTell(cli, { model, verb: "rollback", reason, by: by ?? null }, `Asked to roll back: ${model}`);
}

async function rollbackBetween(cli: Cli, { fromModel = "", toModel = "", reason, by, dryRun, force }: RollbackOptions): Promise<number> {
  const rollout = await reading(cli, (store) => rolloutBetween(store, fromModel, toModel));
  if (dryRun === true) return tell(cli, rollout);
  if (force !== true && !(await agreed(`Roll back from ${fromModel} to ${toModel}? [y/N] `))) {
    cli.note("Nothing was rolled back.");
    return EXIT.ok;
  }
  const done = await act(cli, { model: rollout.model, verb: "rollback", reason: reason ?? "asked for at the command line", by: by ?? null });
  show(cli, { ...done, from_model: fromModel, to_model: toModel, success: true }, () => `Asked to roll back from ${fromModel} to ${toModel} (ledger entry ${done.seq})`);
  return EXIT.ok;
}

/** What a rollback would put back; nothing is asked for. */
function tell(cli: Cli, { id, model, champion, challenger, snapshot }: Rollout): number {
  const shares = snapshot.allocation.arms.filter(({ ranges }) => ranges.length > 0).map(({ slot, version }) => ({ slot, version }));
  show(cli, { dry_run: true, rollout: id, from_model: `${model}@${challenger.version}`, to_model: `${model}@${champion.version}`, aliases: snapshot.aliases, serving: shares }, () =>
    [`${model}: version ${challenger.version} would be rolled back to version ${champion.version}. Nothing was done.`, ...Object.entries(snapshot.aliases).map(([alias, version]) => `  alias ${alias}: ${version ?? "removed"}`), ...shares.map(({ slot, version }) => `  serving as ${slot}: version ${version}`)].join("\n"),
  );
  return EXIT.ok;
}

async function rolloutOf(store: Store, model: string): Promise<Rollout> {
  const { readState } = await import("@gauntlet/server");
  const { rollout } = await readState({ store }, model);
  if (rollout === null) throw new Failure("not_found", `${model} has no rollout`, { fix: "see what there is with `gauntlet status`" });
  return rollout;
}

/** @throws Failure `not_found` when nothing of that name was promoted or is tested; `conflict` when something else was there before it. */
async function rolloutBetween(store: Store, from: string, to: string): Promise<Rollout> {
  const heads = await store.ledger.heads();
  const open = heads.flatMap(({ state }) => (state?.rollout != null && (state.rollout.status === "running" || state.rollout.status === "promoted") ? [{ rollout: state.rollout, decisionId: state.decision?.id ?? null }] : []));
  for (const { rollout, decisionId } of open) {
    const names = await namesOf(store, rollout, decisionId);
    if (!names.challenger.includes(from)) continue;
    if (names.champion.includes(to)) return rollout;
    throw new Failure("conflict", `before ${from} there was ${names.champion[0] ?? ""}, not ${to}, and a rollback restores only that`, { fix: `roll back to it, or start a rollout of ${to}` });
  }
  throw new Failure("not_found", `no version called "${from}" is promoted or tested`, { fix: "see what is with `gauntlet status`; versions are called <model>@<version>" });
}

/** As registered; and as matches have them, when they decided. */
async function namesOf(store: Store, { model, champion, challenger, policy }: Rollout, decisionId: string | null): Promise<{ readonly champion: readonly string[]; readonly challenger: readonly string[] }> {
  const usual = { champion: [`${model}@${champion.version}`], challenger: [`${model}@${challenger.version}`] };
  if (policy.kind !== "rating" || decisionId === null) return usual;
  const { findDecisionAnywhere } = await import("@gauntlet/server");
  const { event } = await findDecisionAnywhere(store, decisionId);
  const rating = event.kind === "decision" && event.observation.evidence.available ? event.observation.evidence.rating : undefined;
  if (rating === undefined) return usual;
  return { champion: [...usual.champion, ...(rating.baseline === null ? [] : [rating.baseline.participant])], challenger: [...usual.challenger, rating.challenger.participant] };
}

/** Whoever says nothing, as where nobody sits at the keyboard, says no. */
async function agreed(question: string): Promise<boolean> {
  const input = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const closed = new Promise<string>((resolve) => input.once("close", () => resolve("")));
    return /^y(es)?$/i.test((await Promise.race([input.question(question), closed])).trim());
  } finally {
    input.close();
  }
}
