import type { CheckResult, Decision, LedgerEntry } from "@gauntlet/core";
import { Failure, rulesOf } from "@gauntlet/core";
import type { Store } from "@gauntlet/server";
import type { Command } from "commander";

import type { Launch } from "../launch.ts";
import { EXIT, show, type Cli } from "../output/cli.ts";
import { slotsText } from "../output/slots-text.ts";
import { table } from "../output/table.ts";
import { figure, statusWord, time, verdictWord } from "../output/words.ts";
import { reading } from "../session/open-session.ts";

export function registerExplain(program: Command, launch: Launch): void {
  program
    .command("explain")
    .description("Why a decision was taken, and what would change it")
    .argument("<decision>", "a decision's id, or a model's name for its newest")
    .option("--document <format>", "the whole decision document instead: md or yaml")
    .action((decision: string, options: { document?: string }, command: Command) => launch(command, (cli) => explain(cli, decision, options.document ?? null)));
}

async function explain(cli: Cli, name: string, document: string | null): Promise<number> {
  if (document !== null && document !== "md" && document !== "yaml") throw new Failure("invalid_input", `there is no document format "${document}"`, { fix: "ask for md or yaml" });
  const entry = await reading(cli, (store) => findEntry(store, name));
  if (document !== null) {
    const { renderDocument } = await import("@gauntlet/server");
    cli.out(renderDocument(`decision.${document}`, entry).trimEnd());
    return EXIT.ok;
  }
  const decision = decisionOf(entry);
  show(cli, decision, () => decisionText(decision, entry, cli.colour));
  return EXIT.ok;
}

async function findEntry(store: Store, name: string): Promise<LedgerEntry> {
  const mark = (await store.ledger.head(name))?.state?.decision;
  if (mark != null) {
    const [entry] = await store.ledger.read(name, mark.seq - 1, 1);
    if (entry !== undefined) return entry;
  }
  const { findDecisionAnywhere } = await import("@gauntlet/server");
  return findDecisionAnywhere(store, name);
}

function decisionOf(entry: LedgerEntry): Decision {
  if (entry.event.kind === "decision") return entry.event.decision;
  throw new Failure("ledger_corrupt", `entry ${entry.seq} of ${entry.chain} holds no decision`);
}

function decisionText(decision: Decision, entry: LedgerEntry, colour: boolean): string {
  const changes = decision.checks.flatMap((check) => (check.wouldChange === null ? [] : [`- ${check.id}: ${check.wouldChange}`]));
  const look = lookText(decision, entry);
  return [
    `${verdictWord(decision.verdict, colour)} (${decision.reason}${decision.compatLabel === null ? "" : `, ${decision.compatLabel}`})`,
    decision.sentence,
    "",
    table(["CHECK", "STATUS", "CHAMPION", "CHALLENGER", "ESTIMATE", "INTERVAL", "P", "N", "METHOD"], decision.checks.map((check) => checkRow(check, colour))),
    "",
    ...decision.checks.map((check) => `- ${check.id}: ${check.says}`),
    "",
    ...(decision.slots === undefined ? [] : [slotsText(decision.slots), ""]),
    ...(changes.length === 0 ? [] : ["What would change it:", ...changes, ""]),
    `${decision.id} · ${decision.mode} · rules ${rulesOf(decision)} · ${look} · decided ${time(decision.at)} · ledger ${entry.chain} entry ${entry.seq} (${entry.hash.slice(0, 12)}…)`,
  ].join("\n");
}

function lookText({ look }: Decision, { event }: LedgerEntry): string {
  if (look === null) return "no look yet";
  if (event.kind === "decision" && event.observation.rollout.policy.kind === "rating") return `matches that ended before ${time(look.cutoff)}`;
  if (event.kind === "decision" && event.observation.rollout.policy.kind === "slots") return `counts up to ${time(look.cutoff)}`;
  return `look ${look.number} of ${look.of}, due ${time(look.dueAt)}`;
}

function checkRow(check: CheckResult, colour: boolean): string[] {
  const { interval, unit, n } = check;
  // A comparison may be of another kind than what is compared, so only the estimate and its interval have the unit.
  const own = check.sideUnit ?? (unit === "ratio" ? "share" : unit);
  return [
    check.id,
    statusWord(check.status, colour),
    figure(check.champion, own),
    figure(check.challenger, own),
    figure(check.estimate, unit),
    interval === null ? "–" : `${figure(interval.low, unit)} … ${figure(interval.high, unit)}`,
    check.pValue === null ? "–" : String(Number(check.pValue.toPrecision(3))),
    n.champion === n.challenger ? String(n.champion) : `${n.champion} / ${n.challenger}`,
    `${check.method} (${check.guarantee})`,
  ];
}
