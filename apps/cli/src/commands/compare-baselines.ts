import type { BaselinesReport } from "@gauntlet/contract";
import { Failure } from "@gauntlet/core";
import type { Command } from "commander";

import type { Launch } from "../launch.ts";
import { EXIT, show, type Cli } from "../output/cli.ts";
import { table } from "../output/table.ts";
import { parseCount, parsePlayers, parseThreshold } from "../ratings/parse-options.ts";
import { withThisNode } from "../reconcile/this-node.ts";
import { reading } from "../session/open-session.ts";

interface CompareOptions {
  readonly modelId: string;
  readonly baselines?: readonly string[];
  readonly numBaselines: number;
  readonly boardType: string;
  readonly numPlayers: number;
  readonly threshold: number;
  readonly strict?: true;
  readonly localDb?: string;
  readonly verbose?: true;
}

export function registerCompareBaselines(program: Command, launch: Launch): void {
  program
    .command("compare-baselines")
    .description("A participant of the matches against several that served before; exit 1 when it is worse than all of them")
    .requiredOption("--model-id <participant>", "whose matches")
    .option("--baselines <ids>", "whom it is compared with, with commas between (default: the versions that served before it)", parseIds)
    .option("--num-baselines <n>", "how many of those that served before", parseCount, 3)
    .option("--board-type <board>", "on which board", "square8")
    .option("--num-players <n>", "with so many seats", parsePlayers, 2)
    .option("--threshold <points>", "Elo points that count as a regression", parseThreshold, -30)
    .option("--strict", "by the fit of all matches, and only if it is more than chance")
    .option("--local-db <file>", "instead of the data directory, a file of matches: NDJSON or SQLite")
    .option("-v, --verbose", "how they are compared")
    .action((options: CompareOptions, command: Command) => launch(command, (cli) => compareBaselines(cli, options)));
}

async function compareBaselines(cli: Cli, options: CompareOptions): Promise<number> {
  const { modelId, localDb } = options;
  const baselines = options.baselines ?? (await servedBefore(cli, modelId, options.numBaselines));
  const asked = { participant: modelId, baselines, board: options.boardType, numPlayers: options.numPlayers, threshold: options.threshold, mode: options.strict === true ? "strict" : "compat" } as const;
  const report = await withThisNode<BaselinesReport>(cli, { command: "compare-baselines", options: localDb === undefined ? {} : { localDb } }, {
    server: (client) => client.monitor.compare(asked),
    here: async ({ ledger }) => {
      const { baselinesReportView, compareWithBaselines } = await import("@gauntlet/server");
      return baselinesReportView(modelId, await compareWithBaselines(ledger, asked));
    },
  });
  show(cli, report, () => [reportText(report), ...(options.verbose === true ? [METHODS[asked.mode]] : [])].join("\n"));
  return report.summary === "regression_against_all" ? EXIT.failure : EXIT.ok;
}

const METHODS = { compat: "By points of incremental Elo, as they are.", strict: "By the fit of all matches: below the threshold, and below 0 at 97.5 % (asymptotic)." } as const;

/** Versions that were promoted over, the latest first, where the participant is a version of a model of ours. */
async function servedBefore(cli: Cli, participant: string, count: number): Promise<readonly string[]> {
  const at = participant.lastIndexOf("@");
  const model = participant.slice(0, Math.max(0, at));
  const versions = model === "" ? [] : await reading(cli, async (store) => {
    const { readChain } = await import("@gauntlet/server");
    const found: string[] = [];
    for await (const { event } of readChain(store, model)) if (event.kind === "decision" && event.decision.verdict === "promote") found.push(event.observation.rollout.champion.version);
    return found.toReversed();
  });
  const own = participant.slice(at + 1);
  const ids = [...new Set(versions)].filter((version) => version !== own).map((version) => `${model}@${version}`);
  if (ids.length === 0) throw new Failure("invalid_input", `nothing is known to have served before "${participant}"`, { fix: "name whom to compare it with: --baselines a,b" });
  return ids.slice(0, count);
}

const WORDS: Readonly<Record<BaselinesReport["summary"], string>> = {
  healthy: "no regression",
  regression_against_some: "a regression against some",
  regression_against_majority: "a regression against most",
  regression_against_all: "a regression against all",
  unknown: "it can be compared with none of them",
};

function reportText({ model_id, summary, avg_diff, baselines }: BaselinesReport): string {
  const points = (value: number | null) => (value === null ? "–" : value.toFixed(1));
  const rows = baselines.map(({ baseline_id, elo_diff, standard_error, is_regression }) => [baseline_id, points(elo_diff), points(standard_error), is_regression ? "yes" : "no"]);
  return [`${model_id}: ${WORDS[summary]}${avg_diff === null ? "" : `, ${points(avg_diff)} on average`}`, table(["BASELINE", "DIFFERENCE", "± SE", "REGRESSION"], rows)].join("\n");
}

function parseIds(text: string): readonly string[] {
  return [...new Set(text.split(",").map((id) => id.trim()).filter((id) => id !== ""))];
}
