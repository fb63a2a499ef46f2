import { Failure } from "@gauntlet/core";
import { Command, CommanderError } from "commander";

import { registerApply } from "./commands/apply.ts";
import { registerApprove } from "./commands/approve.ts";
import { registerBacktest } from "./commands/backtest.ts";
import { registerCheckDrift } from "./commands/check-drift.ts";
import { registerCheckRegression } from "./commands/check-regression.ts";
import { registerCompareBaselines } from "./commands/compare-baselines.ts";
import { registerConfigValidate } from "./commands/config-validate.ts";
import { registerDocument } from "./commands/document.ts";
import { registerDoctor } from "./commands/doctor.ts";
import { registerDriftHistory } from "./commands/drift-history.ts";
import { registerExperiment } from "./commands/experiment.ts";
import { registerAnalyze } from "./commands/analyze.ts";
import { registerVerdict } from "./commands/verdict.ts";
import { registerExplain } from "./commands/explain.ts";
import { registerHooks } from "./commands/hooks.ts";
import { registerHold } from "./commands/hold.ts";
import { registerLedger } from "./commands/ledger.ts";
import { registerPlan } from "./commands/plan.ts";
import { registerPromote } from "./commands/promote.ts";
import { registerRatings } from "./commands/ratings.ts";
import { registerReconcileAll } from "./commands/reconcile-all.ts";
import { registerReject } from "./commands/reject.ts";
import { registerReplay } from "./commands/replay.ts";
import { registerResume } from "./commands/resume.ts";
import { registerRollback } from "./commands/rollback.ts";
import { registerRollbackStatus } from "./commands/rollback-status.ts";
import { registerSimulate } from "./commands/simulate.ts";
import { registerStart } from "./commands/start.ts";
import { registerStat } from "./commands/stat.ts";
import { registerStatus } from "./commands/status.ts";
import { registerSync } from "./commands/sync.ts";
import { registerToken } from "./commands/token.ts";
import { registerUp } from "./commands/up.ts";
import { registerWorker } from "./commands/worker.ts";
import type { Launch } from "./launch.ts";
import { createCli, EXIT, processTerminal, type Cli, type GlobalOptions, type Terminal } from "./output/cli.ts";

/** Runs the command line; sets the exit code. Commands load what they need when they are called. */
export async function main(argv: readonly string[]): Promise<void> {
  process.exitCode = await runIn(processTerminal(), argv.slice(2));
}

/** The exit code of a command line without the program's own name. */
export async function runIn(terminal: Terminal, words: readonly string[]): Promise<number> {
  let code: number = EXIT.ok;
  const launch: Launch = async (command, run) => {
    const cli = createCli(command.optsWithGlobals<GlobalOptions>(), terminal);
    try {
      code = await run(cli);
    } catch (error) {
      code = EXIT.failure;
      report(cli, error);
    }
  };
  try {
    await createProgram(launch, terminal).parseAsync([...words], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Commander has said what is wrong, or has shown the help that was asked for.
    return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  }
  return code;
}

/** Every command with its options; `run` is what an action becomes. */
export function createProgram(run: Launch, { stdout, stderr }: Pick<Terminal, "stdout" | "stderr"> = process): Command {
  const program = new Command("gauntlet")
    .configureOutput({ writeOut: (text) => void stdout.write(text), writeErr: (text) => void stderr.write(text) })
    .description("Decides, from evidence, which model version serves, and carries the decision out.")
    .version("0.1.0")
    .option("--data <dir>", "data directory (GAUNTLET_DATA; default .gauntlet)")
    .option("--config <file>", "configuration (GAUNTLET_CONFIG; default gauntlet.yaml when there is one)")
    .option("--token <token>", "token for a running server (GAUNTLET_TOKEN)")
    .option("--json", "data as JSON, one object a line")
    .exitOverride()
    .showSuggestionAfterError()
    .addHelpText("after", "\nExit codes: 0 ok, 1 failure, 2 usage, 3 not promoted.");
  for (const register of [registerUp, registerWorker, registerStatus, registerExplain, registerVerdict, registerAnalyze, registerPlan, registerApply, registerStart, registerPromote, registerRollback, registerReject, registerHold, registerResume, registerApprove, registerLedger, registerReplay, registerSimulate, registerBacktest, registerStat, registerExperiment, registerRatings, registerSync, registerReconcileAll, registerCheckDrift, registerDriftHistory, registerCheckRegression, registerCompareBaselines, registerRollbackStatus, registerHooks, registerDocument, registerDoctor, registerConfigValidate, registerToken]) {
    register(program, run);
  }
  globalsEverywhere(program);
  return program;
}

/** `gauntlet status --json` and `gauntlet --json status` mean the same. */
function globalsEverywhere(command: Command): void {
  for (const sub of command.commands) {
    sub.exitOverride();
    if (sub.commands.length === 0) {
      for (const option of sub.parent?.parent == null ? command.options : sub.parent.parent.options) if (option.long !== "--version" && !sub.options.some((known) => known.long === option.long)) sub.addOption(option);
    }
    globalsEverywhere(sub);
  }
}

function report(cli: Cli, error: unknown): void {
  if (!(error instanceof Failure)) {
    cli.note(`gauntlet: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return;
  }
  const { code, message, fix, problems } = error;
  if (cli.json) {
    cli.note(JSON.stringify({ error: { code, message, fix, problems } }));
    return;
  }
  cli.note(`gauntlet: ${message}`);
  for (const problem of problems) cli.note(`  ${problem.pointer} ${problem.detail}`.trimEnd());
  if (fix !== null) cli.note(`  → ${fix}`);
}
