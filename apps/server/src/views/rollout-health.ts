import type { HealthCheck, HealthReport, RolloutHealth } from "@gauntlet/contract";
import type { ChainHead, Controller } from "@gauntlet/controller";
import { ROOT_CHAIN, type CheckResult, type Decision, type LedgerEntry, type Reason } from "@gauntlet/core";

import type { LedgerGuard } from "../loop/ledger-guard.ts";

/** How far back it is looked for since when a check stands as it does, in ledger entries. */
const ENTRIES_BACK = 500;

/** The health of the evidence of every rollout that runs, those that need a person first. */
export async function healthView({ store, clock }: Pick<Controller, "store" | "clock">, ledger: HealthReport["ledger"]): Promise<HealthReport> {
  const rollouts: RolloutHealth[] = [];
  for (const head of await store.ledger.heads()) {
    if (head.chain !== ROOT_CHAIN && head.state?.rollout?.status === "running") rollouts.push(await rolloutHealth(store, head));
  }
  return { now: clock.now(), ledger, rollouts: rollouts.toSorted((a, b) => URGENCY[a.status] - URGENCY[b.status] || (a.model < b.model ? -1 : 1)) };
}

export function ledgerWord(guard: Pick<LedgerGuard, "status">): HealthReport["ledger"] {
  const status = guard.status();
  return status === "unchecked" ? "unverified" : status;
}

const URGENCY: Readonly<Record<RolloutHealth["status"], number>> = { failing: 0, unknown: 1, healthy: 2 };

async function rolloutHealth(store: Controller["store"], { chain: model, seq, state, confirmedAt }: ChainHead): Promise<RolloutHealth> {
  const from = Math.max(0, seq - ENTRIES_BACK);
  const entries = await store.ledger.read(model, from, ENTRIES_BACK);
  const rollout = state?.rollout ?? null;
  const decisions = entries.flatMap((entry) => decisionIn(entry, rollout?.id));
  const newest = decisions.at(-1) ?? null;
  const known = from === 0 || entries.some(({ event }) => event.kind === "rollout.started" && event.rollout.id === rollout?.id);
  const sinceWhen = (same: (decision: Decision) => boolean): number | null => {
    const other = decisions.findLastIndex((decision) => !same(decision));
    return other === -1 && !known ? null : (decisions[other + 1]?.at ?? null);
  };
  const checks = newest === null ? [] : [...readings(newest, sinceWhen), ...newest.checks.filter(({ purpose }) => purpose === "validity").map((check) => healthCheck(check, newest, sinceWhen))];
  return {
    model,
    rolloutId: rollout?.id ?? "",
    policy: rollout?.policy.name ?? "",
    verdict: newest?.verdict ?? null,
    reason: newest?.reason ?? null,
    since: newest === null ? null : sinceWhen(({ verdict, reason }) => verdict === newest.verdict && reason === newest.reason),
    checkedAt: newest === null ? null : (confirmedAt ?? newest.at),
    status: evidenceHealth(newest),
    checks,
  };
}

/** Failing: something holds the rollout. Unknown: something could not be computed, or nothing was decided yet. */
export function evidenceHealth(newest: Decision | null): RolloutHealth["status"] {
  if (newest === null) return "unknown";
  const checks = newest.checks.filter(({ purpose }) => purpose === "validity");
  if (isUnreadable(newest) || checks.some((check) => holdOf(check, newest) !== null)) return "failing";
  return checks.some(({ status }) => status === "unavailable") ? "unknown" : "healthy";
}

function decisionIn({ event }: LedgerEntry, rolloutId: string | undefined): readonly Decision[] {
  return event.kind === "decision" && event.decision.rolloutId === rolloutId ? [event.decision] : [];
}

/** What holds a rollout before any evidence is looked at. */
const UNREADABLE: readonly Reason[] = ["evidence_unavailable", "split_not_realised", "version_mismatch", "artifact_unread", "foreign_move"];

function readings(newest: Decision, sinceWhen: (same: (decision: Decision) => boolean) => number | null): readonly HealthCheck[] {
  const failing = isUnreadable(newest);
  return [
    {
      id: "readings",
      status: failing ? "fail" : "pass",
      holds: failing ? newest.reason : null,
      estimate: null,
      unit: "plain",
      low: null,
      high: null,
      says: failing ? newest.sentence : "Registry, traffic and evidence were read, and are those of this rollout.",
      mend: failing ? "what the sentence names; until then nothing is promoted and nothing is rolled back" : null,
      since: sinceWhen((decision) => isUnreadable(decision) === failing),
    },
  ];
}

function isUnreadable({ verdict, reason }: Decision): boolean {
  return verdict === "hold" && UNREADABLE.includes(reason);
}

/** The reason that each check holds for. */
const HOLDS: Readonly<Record<string, Reason>> = {
  "sample-ratio": "sample_ratio_mismatch",
  "label-coverage": "labels_immature",
  split: "split_off_target",
  exposure: "multiple_exposure",
  "join-rate": "join_rate_low",
  lag: "evidence_late",
  silence: "arm_silent",
  source: "evidence_stale",
  "artifact-signature": "signature_invalid",
};

function healthCheck(check: CheckResult, newest: Decision, sinceWhen: (same: (decision: Decision) => boolean) => number | null): HealthCheck {
  const { id, status, estimate, unit, allowed, says, wouldChange } = check;
  return { id, status, holds: holdOf(check, newest), estimate, unit, low: allowed.low, high: allowed.high, says, mend: wouldChange, since: sinceWhen((decision) => decision.checks.find((known) => known.id === id)?.status === status) };
}

function holdOf({ id, status }: CheckResult, { verdict, reason }: Decision): Reason | null {
  return verdict === "hold" && HOLDS[id] === reason && (status === "fail" || status === "unproven") ? reason : null;
}
