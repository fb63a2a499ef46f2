import { renderDocument } from "@gauntlet/controller";
import { canonicalJson, emptyState, project, type Allocation, type LedgerEntry, type ModelState, type Plan, type Rollout } from "@gauntlet/core";
import { createHash } from "node:crypto";
import type { KubeObject } from "../kubernetes/kube-api-server.ts";
import type { PromotionSeed } from "./promotion-seed.ts";

/** What the real servers hold in the end, read from themselves. */
export interface World {
  readonly aliases: Readonly<Record<string, string>>;
  readonly versions: Readonly<Record<string, { readonly stage: string; readonly tags: Readonly<Record<string, string>> }>>;
  readonly object: KubeObject;
  /** The files of the challenger's run, by path. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

interface Ending {
  readonly seed: PromotionSeed;
  readonly world: World;
  /** Of the model's ledger, from its first. */
  readonly entries: readonly LedgerEntry[];
}

/** All of one plan or all of another, in words what isn't. */
export function endProblems(ending: Ending): readonly string[] {
  const state = ending.entries.reduce(project, emptyState(ending.seed.model));
  const { rollout } = state;
  if (rollout === null || rollout.status === "running" || state.pending !== null) return ["it is not over"];
  return [...aliasProblems(ending, rollout), ...versionProblems(ending, state, rollout), ...trafficProblems(ending, state, rollout), ...documentProblems(ending), ...journalProblems(ending.entries)];
}

function aliasProblems({ seed, world }: Ending, { status }: Rollout): readonly string[] {
  const before = seed.hadPrevious ? { previous: "3" } : {};
  const wanted = status === "promoted" ? { champion: "2", previous: "1" } : { champion: "1", ...before };
  return different("aliases", world.aliases, wanted);
}

/** Tags and stages of both versions. */
function versionProblems({ seed, world }: Ending, { decision }: ModelState, { status }: Rollout): readonly string[] {
  const by = { "gauntlet.decision_id": decision?.id ?? "", "gauntlet.reason": decision?.reason ?? "" };
  const isPromoted = status === "promoted";
  const challenger = { stage: isPromoted ? "Production" : "Archived", tags: { "gauntlet.lifecycle": isPromoted ? "champion" : status === "retained" ? "archived" : "rolled_back", ...by } };
  const champion = { stage: isPromoted ? "Archived" : "Production", tags: isPromoted ? { "gauntlet.lifecycle": "previous", ...by } : status === "retained" ? {} : { "gauntlet.lifecycle": "champion", ...by } };
  // The third was there before, and is nobody's business.
  return different("versions", world.versions, { "1": champion, "2": challenger, ...(seed.hadPrevious ? { "3": { stage: "None", tags: {} } } : {}) });
}

/** Weights, mirror, and the newest planned allocation in the annotations, seen to be served. */
function trafficProblems({ seed, world, entries }: Ending, { epoch }: ModelState, { status }: Rollout): readonly string[] {
  const { weights, mirror } = seed.serving.routes(world.object);
  const serving = Object.entries(weights).filter(([, weight]) => weight > 0).map(([version]) => version);
  const annotations = world.object["metadata"].annotations as Readonly<Record<string, string>>;
  const planned = entries.flatMap(({ event }) => plansOf(event)).flatMap(({ effects }) => effects.flatMap((effect) => (effect.kind === "traffic" ? [effect.allocation] : []))).findLast((allocation) => allocation.epoch === epoch) as Allocation;
  return [
    ...different("who serves", serving, [status === "promoted" ? "2" : "1"]),
    ...different("mirror", mirror, null),
    ...different("allocation", annotations["gauntlet.io/allocation"], canonicalJson(planned)),
    ...different("epoch seen to be served", annotations["gauntlet.io/realised-epoch"], String(epoch)),
  ];
}

/** Each document is that of the plan that was applied last of those that write it; none is there that no plan writes. */
function documentProblems({ entries, world }: Ending): readonly string[] {
  const decisions = new Map(entries.flatMap((entry) => (entry.event.kind === "decision" ? [[entry.event.decision.id, { entry, plan: entry.event.plan }] as const] : [])));
  const planned = new Set([...decisions.values()].flatMap(({ plan }) => plan.effects.flatMap((effect) => (effect.kind === "document" ? [effect.document as string] : []))));
  const wanted = new Map<string, string>();
  for (const { event } of entries) {
    const decided = event.kind === "plan.applied" ? decisions.get(event.decisionId) : undefined;
    for (const effect of decided?.plan.effects ?? []) {
      if (decided !== undefined && effect.kind === "document") wanted.set(effect.document, digest(Buffer.from(renderDocument(effect.document, decided.entry, { kind: "none" }))));
    }
  }
  const strangers = [...world.files.keys()].filter((path) => !planned.has(path) && !path.startsWith("failure_analysis"));
  return [
    ...[...wanted].flatMap(([path, sha256]) => different(`SHA-256 of ${path}`, digestOfFile(world, path), sha256)),
    ...strangers.map((path) => `${path} is there, which no plan writes`),
  ];
}

function digestOfFile({ files }: World, path: string): string | null {
  const bytes = files.get(path);
  return bytes === undefined ? null : digest(bytes);
}

/** Every effect of a plan is journalled once as applied, but where it was found undone, and a plan is applied once all of its are. */
function journalProblems(entries: readonly LedgerEntry[]): readonly string[] {
  const problems: string[] = [];
  const applied = new Set<string>();
  const plans = new Map<string, Plan>();
  for (const { event, seq } of entries) {
    for (const plan of plansOf(event)) plans.set(plan.decisionId, plan);
    if (event.kind === "effect.failed") applied.delete(event.key);
    if (event.kind === "plan.reopened") for (const { key } of plans.get(event.decisionId)?.effects ?? []) applied.delete(key);
    if (event.kind === "effect.applied") {
      if (applied.has(event.key)) problems.push(`entry ${seq}: ${event.key} is applied twice`);
      applied.add(event.key);
    }
    if (event.kind === "plan.applied") {
      const missing = plans.get(event.decisionId)?.effects.filter(({ key }) => !applied.has(key)) ?? [];
      if (missing.length > 0) problems.push(`entry ${seq}: ${event.decisionId} is applied without ${missing.map(({ key }) => key).join(", ")}`);
    }
  }
  return problems;
}

function plansOf(event: LedgerEntry["event"]): readonly Plan[] {
  return event.kind === "decision" || event.kind === "rollout.started" ? [event.plan] : [];
}

function different(what: string, found: unknown, wanted: unknown): readonly string[] {
  const [is, should] = [canonicalJson(found ?? null), canonicalJson(wanted)];
  return is === should ? [] : [`${what}: ${is}, and not ${should}`];
}

function digest(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
