import { Failure, type Allocation } from "@gauntlet/core";
import type { Config } from "@gauntlet/server";
import type { Command } from "commander";

import type { Launch } from "../main.ts";
import { EXIT, show, type Cli } from "../output/cli.ts";
import { paint, time } from "../output/words.ts";
import { runningServer } from "../session/changing.ts";
import { configOf, reading } from "../session/open-session.ts";

interface Finding {
  readonly what: string;
  readonly status: "ok" | "warn" | "fail";
  readonly says: string;
  readonly fix: string | null;
}

export function registerDoctor(program: Command, launch: Launch): void {
  program
    .command("doctor")
    .description("Check this installation and its data; changes nothing; exits 1 when something is wrong")
    .action((_options: object, command: Command) => launch(command, doctor));
}

async function doctor(cli: Cli): Promise<number> {
  const findings: Finding[] = [await finding("runtime", async () => `Node ${process.versions.node} on ${process.platform} ${process.arch}`)];
  let config: Config | null = null;
  findings.push(
    await finding("configuration", async () => {
      config = await configOf(cli);
      return `data in ${config.dataDir}, store ${config.store.kind}, registry ${config.registry.kind}`;
    }),
  );
  if (config !== null) findings.push(...(await examine(cli, config)));
  show(cli, { findings }, () => findings.map((one) => textOf(one, cli.colour)).join("\n"));
  return findings.some((one) => one.status === "fail") ? EXIT.failure : EXIT.ok;
}

async function examine(cli: Cli, config: Config): Promise<readonly Finding[]> {
  const use = await import("@gauntlet/server");
  const found = [
    await finding("store", () =>
      reading(cli, async ({ description }) => `${description.adapter} ${description.version} at ${description.location}`),
    ),
    await finding("ledger", () =>
      reading(cli, async (store) => {
        const { status, chains, breaks } = await use.verifyLedger(store);
        if (status === "broken") throw new Failure("ledger_corrupt", `${breaks[0]?.chain ?? ""} entry ${breaks[0]?.seq ?? 0}: ${breaks[0]?.detail ?? ""}`, { fix: "restore the data from a backup" });
        return `${chains.reduce((sum, chain) => sum + chain.entries, 0)} entries verified`;
      }),
    ),
    await finding("server", async () => {
      const api = await runningServer(cli, config);
      if (api === null) return "none runs on this data";
      const response = await fetch(`${api.url}/readyz`, { signal: AbortSignal.timeout(5000) });
      if (!response.ok) throw new Failure("store_unavailable", `${api.url} is not ready: ${await response.text()}`, { fix: "see its log" });
      return `${api.url} is ready`;
    }),
    await finding("registry", () => registryStatus(config)),
    ...(await sourceFindings(config)),
    ...(await targetFindings(config)),
  ];
  return found[0]?.status === "ok" ? [...found, ...(await evidenceHealth(cli, config))] : found;
}

/** One line for each source of evidence: whether it answers, and how old its newest data are. */
async function sourceFindings(config: Config): Promise<readonly Finding[]> {
  const { openSources, sourceStatusView, systemClock } = await import("@gauntlet/server");
  const { sources } = await sourceStatusView({ sources: openSources(config, systemClock), clock: systemClock });
  return sources.map(({ name, status, says, fix }) => ({ what: `source ${name}`, status: status === "ok" ? "ok" : "fail", says, fix }));
}

/** Whether Gauntlet can log in, and one line for each serving system: whether its object can be read, and which split is in force. */
async function targetFindings(config: Config): Promise<readonly Finding[]> {
  if (Object.keys(config.targets).length === 0) return [];
  const { openTargets } = await import("@gauntlet/server");
  const edits: string[] = [];
  let found: readonly Finding[] = [];
  const login = await finding("kubernetes", async () => {
    const { targets, close } = await openTargets(config, { allocations: null, report: (text) => edits.push(text) });
    found = await Promise.all([...targets].map(([model, target]) => finding(`target of ${model}`, async () => splitOf(model, await target.read(model), edits))));
    close();
    return config.kubernetes.kubeconfig ?? "the pod's service account";
  });
  return [login, ...found];
}

function splitOf(model: string, allocation: Allocation | null, edits: readonly string[]): string {
  const edit = edits.find((text) => text.includes(` of ${model} isn't `));
  if (edit !== undefined) throw new Failure("foreign_move", edit);
  return allocation === null ? "its object is there, and Gauntlet has split nothing on it yet" : `epoch ${allocation.epoch} is in force`;
}

/** One line for each rollout that runs; of one that is held, a line for each check that holds it. */
async function evidenceHealth(cli: Cli, { tick }: Config): Promise<readonly Finding[]> {
  const { healthView, systemClock } = await import("@gauntlet/server");
  const { rollouts } = await reading(cli, (store) => healthView({ store, clock: systemClock }, "unverified"));
  return rollouts.flatMap((rollout): readonly Finding[] => {
    const what = `evidence of ${rollout.model}`;
    const holding = rollout.checks.filter(({ holds }) => holds !== null);
    if (holding.length > 0) return holding.map(({ holds, says, since, mend }) => ({ what, status: "warn", says: `${holds} since ${time(since)}: ${says}`, fix: mend }));
    if (rollout.checkedAt === null) return [{ what, status: "warn", says: `not judged yet; it is looked at every ${tick.everyMs} ms while a server runs`, fix: null }];
    const missing = rollout.checks.filter(({ status }) => status === "unavailable").map(({ id }) => id);
    return [{ what, status: "ok", says: `${missing.length === 0 ? "sound" : `nothing amiss; nothing to compute ${missing.join(", ")} from yet`}, as of ${time(rollout.checkedAt)}`, fix: null }];
  });
}

async function registryStatus({ registry }: Config): Promise<string> {
  if (registry.kind === "embedded") return "embedded, answers where the server listens";
  const response = await fetch(`${registry.url.replace(/\/+$/, "")}/health`, { signal: AbortSignal.timeout(registry.timeoutMs) }).catch((cause: unknown) => {
    throw new Failure("registry_unavailable", `${registry.url} does not answer`, { fix: "check that the MLflow server runs and can be reached from here", cause });
  });
  if (!response.ok) throw new Failure("registry_unavailable", `${registry.url}/health answered ${response.status}`, { fix: "check that this is the address of an MLflow server" });
  return `${registry.url} answers`;
}

/** Nothing was ever run here: that is no fault. */
const NO_DATA = "not_found";

async function finding(what: string, look: () => Promise<string>): Promise<Finding> {
  try {
    return { what, status: "ok", says: await look(), fix: null };
  } catch (error) {
    if (!(error instanceof Failure)) return { what, status: "fail", says: error instanceof Error ? error.message : String(error), fix: null };
    return { what, status: error.code === NO_DATA ? "warn" : "fail", says: error.message, fix: error.fix };
  }
}

const STYLES = { ok: "green", warn: "yellow", fail: "red" } as const;

function textOf({ what, status, says, fix }: Finding, colour: boolean): string {
  return `${paint(colour, STYLES[status], status.padEnd(4))}  ${what}: ${says}${fix === null ? "" : `\n      → ${fix}`}`;
}
