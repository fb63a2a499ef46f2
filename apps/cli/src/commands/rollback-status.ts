import type { MonitorList, MonitorView } from "@gauntlet/contract";
import { isoTime } from "@gauntlet/core";
import type { Command } from "commander";

import type { Launch } from "../launch.ts";
import { EXIT, show, type Cli } from "../output/cli.ts";
import { table } from "../output/table.ts";
import { time } from "../output/words.ts";
import { reading } from "../session/open-session.ts";

interface StatusOptions {
  readonly modelId?: string;
  readonly verbose?: true;
}

export function registerRollbackStatus(program: Command, launch: Launch): void {
  program
    .command("rollback-status")
    .description("What is watched after its promotion: how it does, and what was rolled back")
    .option("--model-id <id>", "only this model, version (<model>@<version>) or participant")
    .option("-v, --verbose", "since when, and how long yet")
    .action((options: StatusOptions, command: Command) => launch(command, (cli) => rollbackStatus(cli, options)));
}

async function rollbackStatus(cli: Cli, { modelId, verbose }: StatusOptions): Promise<number> {
  const { monitorListView, systemClock } = await import("@gauntlet/server");
  const list = await reading(cli, (store) => monitorListView({ store, now: systemClock.now() }, new Map()));
  const monitors = list.monitors.filter((one) => modelId === undefined || [idOf(one), one.model, one.watched].includes(modelId));
  show(cli, statusJson(monitors), () => statusText(monitors, verbose === true));
  return EXIT.ok;
}

/** A version as it is called in matches, unless a tag gives it another name there. */
function idOf({ kind, model, from }: MonitorView): string {
  return kind === "model" ? `${model}@${from}` : from;
}

function statusJson(monitors: MonitorList["monitors"]) {
  return {
    models: monitors.map((one) => ({ model_id: idOf(one), status: one.status, checks: one.checks, avg_regression: one.averageChange, consecutive_regressions: one.consecutive, at_risk: one.status === "at_risk" || one.status === "triggered" || one.status === "withheld" })),
    rollbacks: monitors.flatMap(rollbacksOf),
  };
}

/** Of a model: those that were done, and the one that is under way. */
function rollbacksOf({ kind, model, history, triggered, from, to, mode }: MonitorView) {
  if (kind !== "model") return [];
  const open = triggered === null || triggered.completedAt !== null || mode !== "rollback" ? [] : [{ ...triggered, from, to }];
  return [...history, ...open].map((one) => ({
    triggered_at: isoTime(one.at),
    completed_at: one.completedAt === null ? null : isoTime(one.completedAt),
    current_model_id: `${model}@${one.from}`,
    rollback_model_id: one.to === null ? null : `${model}@${one.to}`,
    reason: one.says,
    auto_triggered: true,
  }));
}

function statusText(monitors: MonitorList["monitors"], verbose: boolean): string {
  if (monitors.length === 0) return "Nothing is watched. A policy asks for it with a section `monitor`.";
  const rows = monitors.map((one) => [idOf(one), one.status.replaceAll("_", " "), String(one.checks), String(one.consecutive), one.averageChange === null ? "–" : one.averageChange.toFixed(3), time(one.lastCheckAt)]);
  const done = monitors.flatMap(rollbacksOf).map((one) => [one.triggered_at, one.current_model_id, one.rollback_model_id ?? "–", one.reason]);
  const sentences = monitors.flatMap((one) => [...(one.says === null ? [] : [`${idOf(one)}: ${one.says}`]), ...(verbose && one.kind === "model" ? [`${idOf(one)}: since ${time(one.since)}, until ${one.until === null ? "it is replaced" : time(one.until)}; ${one.rollbacks.length} rollbacks in 24 hours`] : [])]);
  return [table(["VERSION", "STATUS", "CHECKS", "IN A ROW", "CHANGE", "LAST CHECK"], rows), ...(sentences.length === 0 ? [] : ["", ...sentences]), ...(done.length === 0 ? [] : ["", table(["ROLLED BACK AT", "FROM", "TO", "WHY"], done)])].join("\n");
}
