import { failureAnalysis, type FailureAnalysisReport } from "@gauntlet/contract";
import { Failure } from "@gauntlet/core";
import type { Command } from "commander";
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

import type { Launch } from "../launch.ts";
import { EXIT, show, type Cli } from "../output/cli.ts";
import { table } from "../output/table.ts";
import { statusWord } from "../output/words.ts";
import { changing } from "../session/changing.ts";
import { reading } from "../session/open-session.ts";

export function registerAnalyze(program: Command, launch: Launch): void {
  program
    .command("analyze")
    .description("Why a rollout ended as it did: drift, holdout, overfitting, parity with training, artifacts, configuration")
    .argument("<rollout>", "a rollout's id, such as fraud-3; or a model's name for its newest")
    .option("--output <folder>", "also write failure_analysis.md and failure_analysis.svg there; made when it is missing")
    .action((rollout: string, options: { output?: string }, command: Command) => launch(command, (cli) => analyze(cli, rollout, options.output === undefined ? null : resolve(cli.cwd, options.output))));
}

interface Analysed {
  readonly report: FailureAnalysisReport;
  readonly markdown: string;
  readonly svg: string;
}

async function analyze(cli: Cli, named: string, folder: string | null): Promise<number> {
  const { model, rollout } = await reading(cli, async (store) => {
    const models = (await store.ledger.heads()).map(({ chain }) => chain);
    if (models.includes(named)) return { model: named, rollout: undefined };
    const model = models.find((known) => named.startsWith(`${known}-`) && /^\d+$/.test(named.slice(known.length + 1)));
    if (model === undefined) throw new Failure("not_found", `there is no rollout ${named}, and no model of that name`, { fix: "list models with `gauntlet status`, and rollouts with `gauntlet ledger list`" });
    return { model, rollout: named };
  });
  const { report, markdown, svg } = await analysing(cli, model, rollout);
  if (folder !== null) {
    mkdirSync(folder, { recursive: true });
    for (const [name, content] of [["failure_analysis.md", markdown], ["failure_analysis.svg", svg]] as const) {
      writeFileSync(join(folder, name), content);
      cli.note(`written: ${join(folder, name)}`);
    }
  }
  show(cli, report, () => reportText(report, cli.colour));
  return EXIT.ok;
}

/** Registry and ledger belong to the server that runs, or for a moment to this process. */
function analysing(cli: Cli, model: string, rollout: string | undefined): Promise<Analysed> {
  return changing<Analysed>(cli, { command: "analyze", by: null }, {
    server: async ({ decisions }) => {
      const of = rollout === undefined ? {} : { rollout };
      return { report: await decisions.analysis(model, rollout), markdown: await decisions.analysisText(model, { format: "md", ...of }), svg: await decisions.analysisText(model, { format: "svg", ...of }) };
    },
    here: async ({ composition: { controller } }) => {
      const use = await import("@gauntlet/server");
      const { drawAnalysis, renderAnalysis } = await import("@gauntlet/core");
      const id = rollout ?? (await controller.store.ledger.head(model))?.state?.rollout?.id;
      if (id === undefined) throw new Failure("not_found", `${model} has no rollout`, { fix: "start one with `gauntlet start`" });
      const report = await use.analyseDecision(controller, await use.newestDecisionOf(controller.store, model, id));
      return { report: failureAnalysis.parse(report), markdown: renderAnalysis(report), svg: drawAnalysis(report) };
    },
  });
}

function reportText({ rollout, versions, decision, primary, says, steps, findings }: FailureAnalysisReport, colour: boolean): string {
  return [
    `${rollout}: version ${versions.challenger} against ${versions.champion}, ${decision.verdict} (${decision.reason}), ${decision.id}`,
    `${primary === "none" ? "No failure" : `Primary cause: ${primary}`}. ${says}`,
    "",
    table(["CAUSE", "QUESTION", "RESULT", "SAYS"], findings.map((finding) => [finding.cause, finding.id, statusWord(finding.status, colour), finding.says])),
    "",
    ...(steps.length === 0 ? [] : ["What to do:", ...steps.map((step, i) => `${i + 1}. ${step}`)]),
  ].join("\n");
}
