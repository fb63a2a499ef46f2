import { parsePolicy } from "@gauntlet/contract";
import { parseRational, toNumber, type KnownWorld } from "@gauntlet/core";
import type { SimulationReport } from "@gauntlet/server";
import { InvalidArgumentError, type Command } from "commander";

import type { Launch } from "../launch.ts";
import { EXIT, show, type Cli } from "../output/cli.ts";
import { progressBar } from "../output/progress.ts";
import { readNamed } from "../session/read-named.ts";
import { addWorldOptions, worldFrom, type WorldOptions } from "../simulation/world-options.ts";
import { simulationText } from "../simulation/simulation-text.ts";

interface SimulateOptions extends WorldOptions {
  readonly effects?: readonly number[];
  readonly metric?: string;
  readonly runs: number;
  readonly seed: number;
  readonly threads?: number;
}

export function registerSimulate(program: Command, launch: Launch): void {
  const command = program
    .command("simulate")
    .description("Try a policy in a made world: what becomes of challengers that are truly worse, as good, better")
    .argument("<policy>", "policy file")
    .option("--effects <list>", "true relative changes of recall (default -10%,0%, what the policy asks for, 10%,20%, and the world's), or of a ramp's metric (default: parts of its margin to both sides)", parseEffects)
    .option("--metric <name>", "of a ramp: the metric that effects change (default: that of the first noWorseThan check)")
    .option("--runs <n>", "runs for each effect", wholeFrom(1), 2000)
    .option("--seed <n>", "the same seed gives the same figures", wholeFrom(0), 1)
    .option("--threads <n>", "worker threads (default: one a processor)", wholeFrom(1));
  addWorldOptions(command).action((policy: string, options: SimulateOptions, self: Command) => launch(self, (cli) => simulate(cli, policy, options)));
}

async function simulate(cli: Cli, file: string, options: SimulateOptions): Promise<number> {
  const policy = parsePolicy(readNamed(cli, "policy", file), file);
  const world: KnownWorld = worldFrom(cli, options);
  const { runSimulations } = await import("@gauntlet/server");
  const bar = progressBar("runs");
  const report: SimulationReport = await runSimulations({
    policy,
    world,
    metric: options.metric ?? null,
    effects: options.effects ?? null,
    runs: options.runs,
    seed: options.seed,
    threads: options.threads ?? null,
    onProgress: bar.move,
  }).finally(bar.end);
  show(cli, report, () => simulationText(report, cli.colour));
  return EXIT.ok;
}

function parseEffects(text: string): readonly number[] {
  return text.split(",").map((part) => {
    try {
      return toNumber(parseRational(part.trim()));
    } catch {
      throw new InvalidArgumentError(`"${part.trim()}" is no relative change; write -10%,0%,5%`);
    }
  });
}

function wholeFrom(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < least) throw new InvalidArgumentError(`a whole number from ${least} up`);
    return value;
  };
}
