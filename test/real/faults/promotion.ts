import { emptyState, project, type LedgerEntry, type ModelState } from "@gauntlet/core";
import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { KubeObject } from "../kubernetes/kube-api-server.ts";
import { errorRate, policyOf, type PromotionSeed } from "./promotion-seed.ts";
import type { GauntletCall } from "./gauntlets.ts";

interface Promotion {
  readonly seed: PromotionSeed;
  /** What the data plane goes by; null while there is nothing. */
  readonly object: () => KubeObject | null;
  /** From 0 to below 1. */
  readonly random: () => number;
  /** To the server of its model, which may be away. */
  readonly ask: (call: GauntletCall) => Promise<unknown>;
}

/** All that was seen of a ledger, which may not change any more, and what it says. */
export interface Followed {
  readonly entries: readonly LedgerEntry[];
  readonly state: ModelState;
}

const TURN_MS = 900;
const PROMOTION_MS = 8 * 60_000;
/** A few turns are enough for a look, and small batches cost little. */
const REQUESTS = 100;

/** One promotion from its beginning to its end: requests are served as the real object says, and a person does what the seed wants. */
export async function promote(promotion: Promotion): Promise<Followed> {
  const { seed, ask } = promotion;
  const until = Date.now() + PROMOTION_MS;
  const followed = { entries: [] as LedgerEntry[], state: emptyState(seed.model) };
  const asked = new Map<string, Pending>();
  while (!isOver(seed, followed.state)) {
    if (Date.now() > until) throw new Error(`seed ${seed.seed}, ${seed.ending}: not over within ${PROMOTION_MS / 60_000} minutes: ${sayState(followed)}`);
    await pause(TURN_MS);
    if (!(await follow(promotion, followed))) continue;
    if (followed.state.rollout === null) await settled(asked, "begin", () => ask({ method: "POST", path: `/v1/models/${seed.model}/rollouts`, body: { policy: policyOf(seed.model), challenger: "2" }, key: `begin-${seed.model}` }));
    else {
      if (wantsBack(seed, followed.state)) await settled(asked, "rollback", () => ask({ method: "POST", path: `/v1/models/${seed.model}/rollback`, body: { reason: "the test wants it so" }, key: `back-${seed.model}` }));
      await serve(promotion, { state: followed.state, asked });
    }
  }
  return followed;
}

/** Brings what is known of the ledger up to date; false while nobody answers. */
export async function follow({ seed: { model }, ask }: Pick<Promotion, "seed" | "ask">, followed: { entries: LedgerEntry[]; state: ModelState }): Promise<boolean> {
  try {
    const { entries } = (await ask({ path: `/v1/models/${model}/ledger?after=${followed.state.seq}&limit=200` })) as { readonly entries: readonly LedgerEntry[] };
    followed.entries.push(...entries);
    followed.state = entries.reduce(project, followed.state);
    return true;
  } catch (error) {
    // Before its first rollout a model has no ledger.
    return error instanceof Error && error.message.includes(": 404 ");
  }
}

/** What a person asks for is asked until it is answered. */
type Pending = { isDone: boolean; call: () => Promise<unknown> };

async function settled(asked: Map<string, Pending>, name: string, call: () => Promise<unknown>): Promise<void> {
  const pending = asked.get(name) ?? { isDone: false, call };
  asked.set(name, pending);
  if (pending.isDone) return;
  pending.isDone = await pending.call().then(() => true, (error: unknown) => refused(error));
}

/** Another answer than that it can't be done just now is a fault of the test. */
function refused(error: unknown): false {
  const text = error instanceof Error ? error.message : String(error);
  if (/: (?:400|401|403|422) /.test(text)) throw new Error(`refused: ${text}`);
  return false;
}

function wantsBack({ ending }: PromotionSeed, { rollout, pending }: ModelState): boolean {
  if (ending === "by hand") return rollout?.stage?.index === 1;
  return ending === "undone" && (rollout?.status === "promoted" || pending?.plan.becomes === "promoted");
}

/** The versions answer as the weights of the object say; outcomes that were not acknowledged are sent again. */
async function serve({ seed, object, random, ask }: Promotion, { state, asked }: { readonly state: ModelState; readonly asked: Map<string, Pending> }): Promise<void> {
  if (state.rollout?.status !== "running") return;
  const waiting = asked.get("outcomes");
  if (waiting === undefined || waiting.isDone) {
    const outcomes = served({ seed, object, random });
    if (outcomes.length === 0) return;
    const key = randomUUID();
    asked.set("outcomes", { isDone: false, call: async () => requireCounted(await ask({ method: "POST", path: "/v1/outcomes", body: { outcomes }, key })) });
  }
  await settled(asked, "outcomes", () => Promise.resolve());
}

function requireCounted(answer: unknown): void {
  const { rejected } = answer as { readonly rejected: readonly object[] };
  if (rejected.length > 0) throw new Error(`refused: 422 ${JSON.stringify(rejected[0])}`);
}

function served({ seed, object, random }: Pick<Promotion, "seed" | "object" | "random">): readonly object[] {
  const seen = object();
  const annotation: unknown = seen?.["metadata"].annotations?.["gauntlet.io/allocation"];
  if (seen === null || typeof annotation !== "string") return [];
  const { epoch } = JSON.parse(annotation) as { readonly epoch: number };
  const { "1": one = 0, "2": two = 0 } = seed.serving.routes(seen).weights;
  const at = Date.now() - 1;
  return Array.from({ length: REQUESTS }, () => {
    const version = random() * (one + two) < two ? "2" : "1";
    const error = random() < errorRate(seed.ending, { version, hasAll: one === 0 }) ? 1 : 0;
    return { requestId: randomUUID(), at, model: seed.model, version, slot: version === "2" ? "challenger" : "champion", mode: "live", epoch, unit: randomUUID(), prediction: null, metrics: { error } };
  });
}

const ENDS = { promoted: "promoted", worse: "retained", harm: "rolled_back", "by hand": "rolled_back", undone: "rolled_back" } as const;

export function isOver({ ending }: PromotionSeed, { rollout, pending, request }: ModelState): boolean {
  return rollout?.status === ENDS[ending] && pending === null && request === null;
}

function sayState({ state: { rollout, decision, pending, request } }: Followed): string {
  return JSON.stringify({ status: rollout?.status, stage: rollout?.stage?.index, decision: [decision?.verdict, decision?.reason], failed: pending?.failed, request });
}
