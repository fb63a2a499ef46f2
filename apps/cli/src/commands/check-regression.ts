import { participantAct, type ParticipantReport } from "@gauntlet/contract";
import type { Command } from "commander";
import { resolve } from "node:path";

import type { Launch } from "../launch.ts";
import { EXIT, show, type Cli } from "../output/cli.ts";
import { monitorFile } from "../ratings/monitor-file.ts";
import { parseCount, parsePlayers, parsePoints, parseThreshold } from "../ratings/parse-options.ts";
import { withThisNode } from "../reconcile/this-node.ts";

interface CheckOptions {
  readonly modelId: string;
  readonly boardType: string;
  readonly numPlayers: number;
  readonly previousModelId?: string;
  readonly baselineElo?: number;
  readonly threshold: number;
  readonly minGames: number;
  readonly strict?: true;
  readonly localDb?: string;
  readonly verbose?: true;
}

export function registerCheckRegression(program: Command, launch: Launch): void {
  program
    .command("check-regression")
    .description("Whether a participant of the matches became worse; remembered, and counted again only with new matches; exit 1 when it should be rolled back")
    .requiredOption("--model-id <participant>", "whose matches")
    .option("--board-type <board>", "on which board", "square8")
    .option("--num-players <n>", "with so many seats", parsePlayers, 2)
    .option("--previous-model-id <participant>", "what it is held against")
    .option("--baseline-elo <points>", "the rating it is held against, instead", parsePoints)
    .option("--threshold <points>", "Elo points that count as a regression", parseThreshold, -30)
    .option("--min-games <n>", "matches before anything is judged", parseCount, 20)
    .option("--strict", "by the fit of all matches, and only if it is more than chance")
    .option("--local-db <file>", "instead of the data directory, a file of matches, NDJSON or SQLite; what is remembered is in <file>.gauntlet")
    .option("-v, --verbose", "each figure, and how it is judged")
    .action((options: CheckOptions, command: Command) => launch(command, (cli) => checkRegression(cli, options)));
}

async function checkRegression(cli: Cli, options: CheckOptions): Promise<number> {
  const { localDb } = options;
  const asked = participantAct.parse({
    participant: options.modelId,
    board: options.boardType,
    numPlayers: options.numPlayers,
    previous: options.previousModelId ?? null,
    baselineElo: options.baselineElo ?? null,
    threshold: options.threshold,
    minGames: options.minGames,
    mode: options.strict === true ? "strict" : "compat",
  });
  const report = await withThisNode<ParticipantReport>(cli, { command: "check-regression", options: localDb === undefined ? {} : { localDb } }, {
    server: (client) => client.monitor.check(asked),
    here: async ({ ledger, composition }) => {
      const { checkParticipant, participantCheckOf, participantReportView, systemClock } = await import("@gauntlet/server");
      const check = participantCheckOf(asked);
      // Over a file nobody is told: hooks are what a server has.
      const hooks = composition === null ? [] : [...composition.hooks.values()];
      const monitor = composition?.store.monitor ?? monitorFile(cli, `${resolve(cli.cwd, localDb ?? "")}.gauntlet`);
      return participantReportView(check, await checkParticipant({ monitor, clock: systemClock, hooks, ledger }, check), systemClock.now());
    },
  });
  show(cli, report, () => [reportText(options.modelId, report), ...(options.verbose === true ? report.figures.map(({ id, status, says, method }) => `  ${id}: ${status}. ${says} (${method})`) : [])].join("\n"));
  return report.should_rollback ? EXIT.failure : EXIT.ok;
}

function reportText(participant: string, { should_rollback, new_evidence, event, status, says }: ParticipantReport): string {
  const back = event?.rollback_model_id == null ? "" : ` to ${event.rollback_model_id}`;
  return [
    should_rollback ? `${participant} should be rolled back${back}: ${event?.reason ?? ""}` : `${participant}: ${says}`,
    `${status.consecutive_regressions} regressions in a row, of ${status.checks} checks${status.avg_regression === null ? "" : `; ${status.avg_regression.toFixed(1)} on average`}${status.at_risk ? "; at risk" : ""}`,
    ...(new_evidence ? [] : ["There are no new matches since the last check, whose answer this is."]),
  ].join("\n");
}
