import { Failure } from "@gauntlet/core";
import type { Config } from "@gauntlet/server";
import type { Command } from "commander";

import { finding, required, type Finding } from "../doctor/finding.ts";
import { hookFindings } from "../doctor/hook-findings.ts";
import { policyFindings } from "../doctor/policy-findings.ts";
import { registryFindings } from "../doctor/registry-findings.ts";
import { targetFindings } from "../doctor/target-findings.ts";
import type { Launch } from "../launch.ts";
import { EXIT, show, type Cli } from "../output/cli.ts";
import { paint, time } from "../output/words.ts";
import { runningServer } from "../session/changing.ts";
import { configOf, reading } from "../session/open-session.ts";

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
    ...(await registryFindings(config)),
    ...(await sourceFindings(config)),
    ...(await targetFindings(config)),
    ...(await policyFindings(cli, config)),
    ...(await keyFindings(config)),
    ...(await hookFindings(cli, config)),
  ];
  return found[0]?.status === "ok" ? [...found, ...(await evidenceHealth(cli, config))] : found;
}

/** One line for each source of evidence: whether it answers, and how old its newest data are. */
async function sourceFindings(config: Config): Promise<readonly Finding[]> {
  const { openSources, sourceStatusView, systemClock } = await import("@gauntlet/server");
  const { sources } = await sourceStatusView({ sources: openSources(config, systemClock), clock: systemClock });
  return sources.map(({ name, status, says, fix }) => ({ what: `source ${name}`, status: status === "ok" ? "ok" : "fail", says, fix }));
}

/** Whether the key that signs documents can be read, and which it is, so that those who verify can compare; and each key that vouches for models. */
async function keyFindings(config: Config): Promise<readonly Finding[]> {
  const { modelKeysOf, signerOf } = await import("@gauntlet/server");
  const signing = config.signing === undefined ? [] : [required("signing key", async () => `documents are signed with ${signerOf(config).signer?.keyId ?? "no key"}`)];
  const models = Object.entries(config.modelKeys).map(([name, path]) => required(`model key ${name}`, async () => (modelKeysOf({ modelKeys: { [name]: path } }), "its signatures of models count")));
  return Promise.all([...signing, ...models]);
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

const STYLES = { ok: "green", warn: "yellow", fail: "red" } as const;

function textOf({ what, status, says, fix }: Finding, colour: boolean): string {
  return `${paint(colour, STYLES[status], status.padEnd(4))}  ${what}: ${says}${fix === null ? "" : `\n      → ${fix}`}`;
}
