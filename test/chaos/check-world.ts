import { documentFiles, replayLedger, verifyLedger } from "@gauntlet/controller";
import { BUCKETS, canonicalJson, checkAllocation, emptyState, foldBatch, project, type Allocation, type Effect, type LedgerEntry, type LedgerEvent, type ModelState, type Rollout } from "@gauntlet/core";

import type { Reporting } from "./actors.ts";
import type { FaultPlan } from "./faults.ts";
import type { Quiet } from "./quiesce.ts";
import { MODEL, type Scenario } from "./scenario.ts";
import { modelOf, type World } from "./world.ts";

export interface Ending extends Quiet {
  readonly world: World;
  readonly scenario: Scenario;
  readonly faults: FaultPlan;
  readonly reporting: Reporting;
}

/** Everything that must hold when the faults are over and nothing moves any more; what does not, in words. */
export async function checkWorld(ending: Ending): Promise<readonly string[]> {
  const { state } = ending;
  if (state.rollout === null) return [];
  return [
    ...(await checkLedger(ending)),
    ...checkEpochs(ending),
    ...checkTraffic(ending, state.rollout),
    ...checkAliases(ending, state.rollout),
    ...checkVersions(ending, state.rollout),
    ...(await checkPlan(ending)),
    ...checkEvidence(ending),
    ...checkForeign(ending),
    ...checkReverts(ending),
    ...checkPeople(ending),
    ...checkVerdicts(ending),
  ];
}

/** I1, I2, I10, and that the stored state is what the entries say. */
async function checkLedger({ controller, world, state }: Ending): Promise<string[]> {
  const problems: string[] = [];
  const verification = await verifyLedger(controller.store);
  for (const broken of verification.breaks) problems.push(`I10: ${broken.chain} entry ${broken.seq}: ${broken.detail}`);
  for await (const replay of replayLedger(controller.store, null)) {
    if (!replay.same) problems.push(`I1: decision ${replay.decisionId} does not replay: ${replay.difference ?? ""}`);
  }
  const entries = entriesOf(world);
  // The chain verifies, so equal hashes are equal entries.
  const kept = new Map([...entries, ...(world.memory.chains.get("$root")?.entries ?? [])].map((entry) => [`${entry.chain}/${entry.seq}`, entry.hash]));
  for (const entry of world.written) {
    if (kept.get(`${entry.chain}/${entry.seq}`) !== entry.hash) problems.push(`I2: entry ${entry.seq} of ${entry.chain} is not what was written`);
  }
  const folded = entries.reduce(project, emptyState(MODEL));
  if (canonicalJson(folded) !== canonicalJson(state)) problems.push("the stored state is not what the ledger says");
  return problems;
}

/** An epoch means one allocation, and each planned one is new. */
function checkEpochs({ world }: Ending): string[] {
  const problems: string[] = [];
  let highest = 0;
  for (const { event } of entriesOf(world)) {
    if (event.kind !== "decision" && event.kind !== "rollout.started") continue;
    for (const allocation of event.plan.effects.flatMap((effect) => (effect.kind === "traffic" ? [effect.allocation] : []))) {
      if (allocation.epoch <= highest) problems.push(`epoch ${allocation.epoch} is planned after epoch ${highest}`);
      highest = Math.max(highest, allocation.epoch);
      for (const problem of checkAllocation(allocation)) problems.push(`I3: epoch ${allocation.epoch}: ${problem.detail}`);
    }
  }
  return problems;
}

/** I4: who serves is who the status of the rollout says. */
function checkTraffic({ world }: Ending, rollout: Rollout): string[] {
  const serving = world.traffic.get(MODEL) as Allocation;
  if (rollout.status === "running") return canonicalJson(serving) === canonicalJson(rollout.allocation) ? [] : [`the rollout runs, and epoch ${serving.epoch} serves instead of ${rollout.allocation.epoch}`];
  if (rollout.status === "rolled_back") {
    const { arms, seed, shadow } = rollout.snapshot.allocation;
    return canonicalJson([serving.arms, serving.seed, serving.shadow]) === canonicalJson([arms, seed, shadow]) ? [] : ["rolled back, and the split is not that of the snapshot"];
  }
  const winner = rollout.status === "promoted" ? rollout.challenger.version : rollout.champion.version;
  const owned = serving.arms.filter((arm) => arm.version === winner).flatMap((arm) => arm.ranges);
  const share = owned.reduce((sum, range) => sum + range.to - range.from, 0) / BUCKETS;
  return share === 1 ? [] : [`${rollout.status}, and version ${winner} serves ${share * 100} %`];
}

/** I4 in the registry: the aliases are those of the status, unless somebody else moved them last. */
function checkAliases(ending: Ending, rollout: Rollout): string[] {
  const { champion, challenger, snapshot, status } = rollout;
  const wanted: Readonly<Record<string, string | null>> =
    status === "promoted"
      ? { champion: challenger.version, previous: champion.version, challenger: null }
      : status === "retained"
        ? { champion: champion.version, previous: snapshot.aliases["previous"] ?? null, challenger: null }
        : status === "rolled_back"
          ? snapshot.aliases
          : { champion: champion.version, challenger: challenger.version, ...(rollout.stage?.before === undefined ? {} : { previous: champion.version }) };
  const { aliases } = modelOf(ending.world);
  return Object.entries(wanted).flatMap(([alias, version]) => {
    const found = aliases[alias] ?? null;
    return found === version || movedBySomebodyElse(ending, alias) ? [] : [`${status}, and alias ${alias} is ${found ?? "absent"} instead of ${version ?? "absent"}`];
  });
}

/** Tags and stages: exactly one version is in production, and it is the one that serves. */
function checkVersions({ world, scenario }: Ending, rollout: Rollout): string[] {
  if (rollout.status === "running") return [];
  const promoted = rollout.status === "promoted";
  const serving = promoted ? rollout.challenger.version : rollout.champion.version;
  const { versions } = modelOf(world);
  const problems: string[] = [];
  const words = LIFECYCLE[rollout.policy.kind];
  const lifecycle = versions.filter((row) => row.tags["gauntlet.lifecycle"] === words.champion).map((row) => row.version);
  // A version that served before there was a rollout has no tag; one that does not serve must not have it.
  if (lifecycle.some((version) => version !== serving) || (promoted && lifecycle.length === 0)) problems.push(`${rollout.status}, and the tag lifecycle = ${words.champion} is on version ${lifecycle.join(", ") || "none"}`);
  const tagOfChallenger = versions.find((row) => row.version === rollout.challenger.version)?.tags["gauntlet.lifecycle"];
  const wanted: string = words[rollout.status];
  if (tagOfChallenger !== wanted) problems.push(`${rollout.status}, and the challenger's lifecycle is ${tagOfChallenger ?? "absent"}`);
  if (scenario.policy.effects.includes("registry.stage")) {
    const inProduction = versions.filter((row) => row.stage === "Production").map((row) => row.version);
    if (inProduction.length !== 1 || inProduction[0] !== serving) problems.push(`I4: ${rollout.status}, version ${serving} serves, and in stage Production is ${inProduction.join(", ") || "none"}`);
  }
  return problems;
}

/** What the tag calls a version that serves, and the challenger of a rollout that came out so. */
const LIFECYCLE = {
  abtest: { champion: "champion", promoted: "champion", retained: "archived", rolled_back: "rolled_back", running: "challenger" },
  ramp: { champion: "production", promoted: "production", retained: "archived", rolled_back: "archived", running: "candidate" },
  rating: { champion: "champion", promoted: "champion", retained: "archived", rolled_back: "rolled_back", running: "challenger" },
  slots: { champion: "champion", promoted: "champion", retained: "challenger", rolled_back: "rolled_back", running: "challenger" },
} as const;

/** I8: the last plan that was applied is visible in everything it set, exactly once. */
async function checkPlan(ending: Ending): Promise<string[]> {
  const { state, world } = ending;
  if (state.pending !== null) return [`decision ${state.pending.decisionId} is still pending`];
  if (state.settled === null) return ["no plan was applied in full"];
  const { plan } = state.settled;
  const problems: string[] = [];
  if (state.rollout?.status !== plan.becomes) problems.push(`the rollout is ${state.rollout?.status ?? "none"}, and the plan that was applied last makes it ${plan.becomes}`);
  for (const effect of plan.effects) {
    const difference = await differenceOf(ending, effect);
    if (difference !== null) problems.push(`I8: ${effect.key}: ${difference}`);
  }
  const applied = new Map<string, number>();
  for (const { event } of entriesOf(world)) if (event.kind === "plan.applied") applied.set(event.decisionId, (applied.get(event.decisionId) ?? 0) + 1);
  for (const { event } of entriesOf(world)) if (event.kind === "plan.reopened") applied.set(event.decisionId, (applied.get(event.decisionId) ?? 0) - 1);
  for (const [decisionId, times] of applied) if (times > 1) problems.push(`I8: ${decisionId} was applied ${times} times without having been opened again`);
  return problems;
}

async function differenceOf(ending: Ending, effect: Effect): Promise<string | null> {
  const { world, controller } = ending;
  const { aliases, versions } = modelOf(world);
  const compare = (what: string, found: string | null | undefined, wanted: string | null): string | null => ((found ?? null) === wanted ? null : `${what} is ${found ?? "absent"} instead of ${wanted ?? "absent"}`);
  const row = (version: string) => versions.find((known) => known.version === version);
  switch (effect.kind) {
    case "registry.alias":
      return movedBySomebodyElse(ending, effect.alias) ? null : compare(`alias ${effect.alias}`, aliases[effect.alias], effect.version);
    case "registry.tag":
      return compare(`tag ${effect.name} of version ${effect.version}`, row(effect.version)?.tags[effect.name], effect.value);
    case "registry.stage":
      return compare(`the stage of version ${effect.version}`, row(effect.version)?.stage, effect.stage);
    case "traffic":
      return canonicalJson(world.traffic.get(MODEL)) === canonicalJson(effect.allocation) ? null : `another split serves than that of epoch ${effect.allocation.epoch}`;
    case "document": {
      const other = (await documentFiles(controller, effect)).find(({ path, content }) => world.files.get(`${effect.runId}/${path}`) !== content);
      return other === undefined ? null : `${other.path} of run ${effect.runId} is not what the decision says`;
    }
  }
}

/** I5: the evidence is what one fold of every distinct outcome and label gives. */
function checkEvidence({ world, state, reporting }: Ending): string[] {
  const epochs = Object.fromEntries(state.epochs.map((epoch) => [epoch.epoch, epoch]));
  const all = [...reporting.observed.values()];
  const { cells } = foldBatch({ outcomes: all.flatMap(({ outcomes }) => outcomes), labels: all.flatMap(({ labels }) => labels), prior: { predictions: [], labels: [] }, context: { model: MODEL, epochs } });
  const keyed = (rows: Iterable<(typeof cells)[number]>): string => canonicalJson([...rows].map((row) => canonicalJson(row)).toSorted());
  return keyed(world.memory.evidence.get(MODEL)?.cells.values() ?? []) === keyed(cells) ? [] : ["I5: the evidence is not that of the distinct outcomes and labels"];
}

/** Whatever somebody else moved, and is still so, can be seen in the ledger. */
function checkForeign(ending: Ending): string[] {
  const { state, world } = ending;
  const problems: string[] = [];
  for (const alias of ["champion", "challenger", "previous"]) {
    if (!movedBySomebodyElse(ending, alias)) continue;
    const effect = state.settled?.plan.effects.find((planned) => planned.kind === "registry.alias" && planned.alias === alias);
    const found = modelOf(world).aliases[alias] ?? null;
    if (effect?.kind !== "registry.alias" || effect.version === found) continue;
    const left = entriesOf(world).some(({ event }) => event.kind === "effect.applied" && event.key === effect.key && event.note.startsWith("left as"));
    const seen = state.drift?.includes(`"${alias}"`) === true || left || state.decision?.reason === "foreign_move";
    // While a rollout runs, only the champion is watched; the others are met when the next plan is applied.
    if (!seen && !(state.rollout?.status === "running" && alias !== "champion")) problems.push(`somebody else set alias ${alias} = ${found ?? "absent"}, and nothing says so`);
  }
  return problems;
}

/** I34: aliases are set back where the policy says so, no more than three times under one plan, and then until they are as it set them. */
function checkReverts({ world, scenario, state }: Ending): string[] {
  const times = new Map<string, number>();
  for (const { event } of entriesOf(world)) {
    const plan = event.kind === "drift.reverted" ? event.decisionId.replace(/\/back-\d+$/, "") : null;
    if (plan !== null) times.set(plan, (times.get(plan) ?? 0) + 1);
  }
  if (scenario.policy.onForeignMove !== "revert") return times.size === 0 ? [] : ["I34: aliases were set back, and the policy does not say so"];
  const problems = [...times].filter(([, count]) => count > 3).map(([plan, count]) => `I34: aliases were set back ${count} times under ${plan}`);
  if (state.rollout?.status === "running" || state.hold !== null || (state.reverts ?? 0) >= 3) return problems;
  const { aliases } = modelOf(world);
  for (const effect of state.settled?.plan.effects ?? []) {
    if (effect.kind !== "registry.alias" || effect.version === null || aliases[effect.alias] === effect.version) continue;
    problems.push(`I34: alias ${effect.alias} is ${aliases[effect.alias] ?? "absent"} instead of ${effect.version}, and was not set back`);
  }
  return problems;
}

/** The step that is signed for: the promotion, or the one that a watch follows, whose own promotion nobody signs again. */
function givesEverything({ decision, observation, plan }: Extract<LedgerEvent, { kind: "decision" }>): boolean {
  if (decision.reason !== "all_checks_passed") return false;
  return plan.before !== undefined || (decision.verdict === "promote" && observation.rollout.stage?.before === undefined);
}

/** What people asked for was heard: every request is answered next (I15), holds hold, signatures are for what was decided (I12). */
function checkPeople({ world, state: last }: Ending): string[] {
  const problems: string[] = last.request === null ? [] : [`request ${last.request.id} was never answered`];
  const ids = new Set<string>();
  let state: ModelState = emptyState(MODEL);
  for (const entry of entriesOf(world)) {
    const { event } = entry;
    if (event.kind === "decision") {
      const { decision, observation } = event;
      if (ids.has(decision.id)) problems.push(`two decisions are called ${decision.id}`);
      ids.add(decision.id);
      if (state.request !== null && !ANSWERS[state.request.kind].includes(decision.verdict)) problems.push(`entry ${entry.seq} answers a request to ${state.request.kind} with ${decision.verdict}`);
      if (givesEverything(event)) {
        if (state.hold !== null) problems.push(`entry ${entry.seq} promotes while a hold stands`);
        const signed = state.approvals.some((approval) => approval.evidenceDigest === decision.evidenceDigest);
        if (observation.rollout.policy.approval !== null && !signed) problems.push(`I12: entry ${entry.seq} gives everything without a signature under its evidence`);
      }
    }
    state = project(state, entry);
  }
  return problems;
}

const ANSWERS: Readonly<Record<"promote" | "reject" | "rollback", readonly string[]>> = { promote: ["promote"], reject: ["retain"], rollback: ["rollback"] };

/** Faults that pass change when something happens, never what is decided. A test that may end at any tick can end otherwise. */
function checkVerdicts({ world, scenario, faults, reporting }: Ending): string[] {
  const { policy } = scenario;
  if (policy.kind !== "abtest" || policy.watchMs !== undefined || policy.monitoring === "continuous" || scenario.acts.length > 0 || scenario.panics || scenario.foreign.length > 0 || faults.rates.refused > 0) return [];
  const statuses = new Map<string, Rollout>();
  let state: ModelState = emptyState(MODEL);
  for (const entry of entriesOf(world)) {
    state = project(state, entry);
    if (state.rollout !== null) statuses.set(state.rollout.id, state.rollout);
  }
  return [...statuses.values()].flatMap((rollout) => {
    const due = rollout.startedAt + policy.window.minMs + policy.labels.maturityMs;
    const batches = reporting.deliveries.filter(({ batch }) => batch.batchId.startsWith(`${rollout.id}-`)).map(({ batch }) => batch.batchId);
    const inTime = batches.length > 0 && batches.every((id) => (reporting.acknowledged.get(id) ?? Number.POSITIVE_INFINITY) < due);
    return !inTime || rollout.status === scenario.expected ? [] : [`${rollout.id} came out ${rollout.status}; its outcomes say ${scenario.expected}`];
  });
}

function movedBySomebodyElse({ world }: Pick<Ending, "world">, alias: string): boolean {
  return world.deeds.writes.findLast((write) => write.alias === alias)?.foreign === true;
}

function entriesOf(world: World): readonly LedgerEntry[] {
  return world.memory.chains.get(MODEL)?.entries ?? [];
}
