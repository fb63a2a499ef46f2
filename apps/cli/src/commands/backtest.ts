import { parsePolicy } from "@gauntlet/contract";
import type { Backtest } from "@gauntlet/core";
import { Failure } from "@gauntlet/core";
import type { Command } from "commander";

import { backtestExport } from "../backtest/backtest-export.ts";
import { backtestStore } from "../backtest/backtest-store.ts";
import { backtestText } from "../backtest/backtest-text.ts";
import type { Launch } from "../launch.ts";
import { EXIT, show, type Cli } from "../output/cli.ts";
import { readNamed } from "../session/read-named.ts";

interface BacktestOptions {
  readonly from?: string;
  readonly model?: string;
}

export function registerBacktest(program: Command, launch: Launch): void {
  program
    .command("backtest")
    .description("What another policy would have decided on recorded evidence, when, and at what exposure; changes nothing")
    .argument("<policy>", "policy file")
    .option("--from <place>", "a data directory, or a ledger export (NDJSON); default: this installation's own data")
    .option("--model <model>", "only the rollouts of this model")
    .action((policy: string, options: BacktestOptions, command: Command) => launch(command, (cli) => backtest(cli, policy, options)));
}

async function backtest(cli: Cli, file: string, { from, model }: BacktestOptions): Promise<number> {
  const policy = parsePolicy(readNamed(cli, "policy", file), file);
  const request = { policy, model: model ?? null };
  const backtests: readonly Backtest[] = isExport(from) ? await backtestExport(cli, from, request) : await backtestStore(cli, from ?? null, request);
  if (backtests.length === 0) throw new Failure("not_found", "there is no rollout that was decided on", { fix: "start one, or name another --from or --model" });
  show(cli, { backtests }, () => backtests.map((one) => backtestText(one, cli.colour)).join("\n\n"));
  return EXIT.ok;
}

function isExport(from: string | undefined): from is string {
  return from !== undefined && /\.(nd)?jsonl?$/.test(from);
}
