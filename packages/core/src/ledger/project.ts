import type { Allocation } from "../allocation/allocation.ts";
import { leavesOpen } from "../decision/abtest/open-look.ts";
import type { Decision } from "../decision/decision.ts";
import { Failure } from "../failure/failure.ts";
import { needsLabels } from "../policy/needs-labels.ts";
import { lagMaxOf } from "../policy/health.ts";
import { maturityOf } from "../policy/maturity-of.ts";
import { retentionMs } from "../policy/retention.ts";
import type { Rollout } from "../policy/rollout.ts";
import type { EpochRecord, LedgerEntry, ModelState, PendingPlan } from "./entry.ts";
import { GENESIS } from "./seal-entry.ts";
import { markOf } from "./mark.ts";

/** The state of a model whose chain is empty. */
export function emptyState(model: string): ModelState {
  return { model, seq: 0, hash: GENESIS, rollouts: 0, epoch: 0, rollout: null, decision: null, pending: null, approvals: [], hold: null, request: null, epochs: [], settled: null, replacedAt: null, drift: null };
}

/** The state after one more entry. Folding a whole chain from `emptyState` gives the state that is stored beside it. */
export function project(state: ModelState, entry: LedgerEntry): ModelState {
  return { ...after(state, entry), seq: entry.seq, hash: entry.hash };
}

function after(state: ModelState, entry: LedgerEntry): ModelState {
  const event = entry.event;
  switch (event.kind) {
    case "rollout.started":
      return { ...begun(state, event), replacedAt: lastAtWork(state, entry.at) };
    case "decision":
      return decided(state, event, entry);
    case "effect.applied":
      return { ...state, pending: withEffect(state, event.key, null) };
    case "effect.failed":
      return failedEffect(state, event);
    case "plan.applied":
      return finished(state, event.decisionId, entry.at);
    case "plan.reopened":
      return { ...state, pending: state.settled === null ? null : opened(state.settled.plan), settled: null };
    case "drift.seen":
    case "drift.gone":
    case "drift.reverted":
      return drifted(state, event);
    case "approval":
      return { ...state, approvals: [...state.approvals, event.approval] };
    case "request":
      return { ...state, request: event.request };
    case "hold":
      return { ...state, hold: event.hold };
    case "resume":
      return { ...state, hold: null };
    case "root":
      return state;
    default:
      throw new Failure("ledger_corrupt", `entry ${entry.seq} of ${entry.chain} has an unknown kind`, { fix: "use the version of Gauntlet that wrote it" });
  }
}

function decided(state: ModelState, { observation, decision, plan }: Extract<LedgerEntry["event"], { kind: "decision" }>, { seq, at }: LedgerEntry): ModelState {
  const request = observation.operator.request?.id === state.request?.id ? null : state.request;
  const after = { ...state, ...epochsOf(state, plan), ...judgedBy(state, decision, seq), decision: markOf(decision, seq), request };
  // A hold intends nothing: the plan that is being applied, if any, goes on. One that ends a cycle is as good as a verdict.
  if (decision.verdict === "hold" && plan.closes !== true) return after;
  // A new plan sets aliases anew, so they may be set back anew.
  const { reverts: _, ...rest } = after;
  return { ...rest, pending: opened(plan), replacedAt: lastAtWork(state, at) };
}

/** The first decision that left a look open stands for it: whatever is decided meanwhile, the look is judged no more. */
function judgedBy({ rollout, judged }: ModelState, decision: Decision, seq: number): Pick<ModelState, "judged"> {
  const cutoff = decision.look?.cutoff;
  if (rollout === null || cutoff === undefined || cutoff === judged?.cutoff || !leavesOpen(rollout.policy, decision, rollout)) return {};
  return { judged: { seq, cutoff } };
}

/** Nothing of the rollout before is kept, but what cycles of slots add up. */
function begun({ model, rollouts, epoch, epochs, cycles }: ModelState, { rollout, plan }: Extract<LedgerEntry["event"], { kind: "rollout.started" }>): ModelState {
  return {
    ...emptyState(model),
    ...(cycles === undefined ? {} : { cycles }),
    rollouts: rollouts + 1,
    epoch: Math.max(epoch, rollout.allocation.epoch),
    rollout,
    pending: opened(plan),
    // One that goes by matches splits nothing: what is served goes on as it was, in its own epoch.
    epochs: rollout.policy.kind === "rating" ? epochs : withEpoch(epochs, rollout, rollout.allocation),
  };
}

function opened(plan: PendingPlan["plan"]): PendingPlan {
  return { decisionId: plan.decisionId, plan, applied: [], failed: null };
}

/** A plan that moves nothing, as the one that opens a cycle of slots, leaves nothing behind. */
function lastAtWork({ pending, settled, replacedAt }: ModelState, now: number): number | null {
  if (pending !== null) return now;
  return settled?.plan.effects.some(({ kind }) => kind === "registry.alias" || kind === "traffic") === true ? settled.at : replacedAt;
}

function withEffect(state: ModelState, key: string, failed: PendingPlan["failed"]): PendingPlan {
  const pending = state.pending;
  if (pending === null || !pending.plan.effects.some((effect) => effect.key === key)) {
    throw new Failure("ledger_corrupt", `the ledger of ${state.model} has a result for ${key}, which no pending plan intends`);
  }
  // An effect that was applied, and is found undone at the end, is applied again.
  const others = pending.applied.filter((known) => known !== key);
  return { ...pending, applied: failed === null ? [...others, key] : others, failed };
}

/** What can't be set back, or is moved again at once, is given up: it departs as before, and the next attempt is counted. */
function failedEffect(state: ModelState, { key, code, detail, retryable }: Extract<LedgerEntry["event"], { kind: "effect.failed" }>): ModelState {
  const pending = withEffect(state, key, { key, code, detail, retryable });
  return { ...state, pending: pending?.reverting === true && !retryable ? null : pending };
}

function drifted(state: ModelState, event: Extract<LedgerEntry["event"], { kind: "drift.seen" | "drift.gone" | "drift.reverted" }>): ModelState {
  if (event.kind === "drift.seen") return { ...state, drift: event.detail };
  if (event.kind === "drift.gone") return { ...state, drift: null, ...(state.pending?.reverting === true ? { pending: null } : {}) };
  const { decisionId, effects } = event;
  const { model, rollout, reverts = 0 } = state;
  if (rollout === null || state.pending !== null) throw new Failure("ledger_corrupt", `the ledger of ${model} sets aliases back without a rollout, or amid a plan`);
  return { ...state, reverts: reverts + 1, pending: { ...opened({ decisionId, model, effects, becomes: rollout.status }), reverting: true } };
}

function finished(state: ModelState, decisionId: string, at: number): ModelState {
  const { pending, rollout } = state;
  if (pending === null || pending.decisionId !== decisionId || rollout === null) {
    throw new Failure("ledger_corrupt", `the ledger of ${state.model} finishes ${decisionId}, which is not pending`);
  }
  return { ...state, pending: null, ...cyclesOf(pending.plan, rollout), rollout: { ...rollout, status: pending.plan.becomes, ...staged(pending.plan, at) }, approvals: pending.plan.stage === undefined ? state.approvals : [], settled: { plan: pending.plan, at }, drift: null };
}

/** A ramp is at a stage from when the split of that stage was read back; signatures were for the stage before. */
function staged({ stage, effects, before }: PendingPlan["plan"], at: number): Partial<Pick<Rollout, "stage" | "allocation">> {
  if (stage === undefined) return {};
  const traffic = effects.find((effect) => effect.kind === "traffic");
  return { stage: { index: stage, since: at, ...(before === undefined ? {} : { before }) }, ...(traffic === undefined ? {} : { allocation: traffic.allocation }) };
}

function cyclesOf({ after }: PendingPlan["plan"], { cycle }: Rollout): Pick<ModelState, "cycles"> {
  return after === undefined || cycle === undefined ? {} : { cycles: { ...after, carried: cycle.carried } };
}

/** How many allocation epochs are remembered: labels that are later than so many changes are refused. */
export const EPOCHS_KEPT = 32;

function epochsOf(state: ModelState, plan: PendingPlan["plan"]): Pick<ModelState, "epoch" | "epochs"> {
  const traffic = plan.effects.find((effect) => effect.kind === "traffic");
  if (traffic === undefined || state.rollout === null) return { epoch: state.epoch, epochs: state.epochs };
  return { epoch: Math.max(state.epoch, traffic.allocation.epoch), epochs: withEpoch(state.epochs, state.rollout, traffic.allocation) };
}

function withEpoch(epochs: readonly EpochRecord[], rollout: Rollout, { epoch, arms }: Allocation): readonly EpochRecord[] {
  const { policy, champion, challenger } = rollout;
  const others = new Set(arms.map(({ version }) => version).filter((version) => version !== champion.version && version !== challenger.version));
  const record: EpochRecord = {
    epoch,
    rolloutId: rollout.id,
    championVersion: champion.version,
    challengerVersion: challenger.version,
    ...(others.size === 0 ? {} : { otherVersions: [...others] }),
    bucketMs: policy.bucketMs,
    keepPredictions: needsLabels(policy),
    metrics: policy.metrics,
    retentionMs: retentionMs(policy),
    ...(policy.kind === "slots" ? { slots: { names: policy.slots, win: policy.win } } : {}),
    ...(policy.health === undefined ? {} : { health: { lagMaxMs: lagMaxOf(policy.health, maturityOf(policy)) } }),
  };
  return [...epochs.filter((known) => known.epoch !== epoch), record].slice(-EPOCHS_KEPT);
}
