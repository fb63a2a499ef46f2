import type { Decision } from "../decision/decision.ts";
import type { MonitorEvent } from "../monitor/state.ts";
import type { LedgerEntry } from "./entry.ts";

/** verdict_changed: also a plan that moves something again. promoted, rolled_back: read back as planned. */
export type NoticeKind = "verdict_changed" | "approval_wanted" | "promoted" | "rolled_back";

/** What hooks are told of a ledger: made from its entries alone. */
export interface LedgerNotice {
  readonly kind: NoticeKind;
  readonly model: string;
  readonly rollout: string;
  readonly decision: string;
  readonly verdict: Decision["verdict"];
  readonly reason: Decision["reason"];
  /** The versions of champion and challenger when it was decided. */
  readonly champion: string;
  readonly challenger: string;
  readonly says: string;
  readonly at: number;
  /** The entry that is told of. */
  readonly entry: { readonly seq: number; readonly hash: string };
}

/** By hand, to see whether a hook is heard. */
export interface TestNotice {
  readonly kind: "test";
  readonly at: number;
  readonly says: string;
}

/** What hooks are told. */
export type HookEvent = MonitorEvent | LedgerNotice | TestNotice;
export type HookEventKind = HookEvent["kind"];

/** How far a chain was told of, and what of it is still needed. */
export interface NoticeMark {
  readonly seq: number;
  /** The newest decision. */
  readonly newest: Decided | null;
  /** The newest decision that intends something, and whether its end was told. */
  readonly planned: (Decided & { readonly told: boolean }) | null;
}

type Decided = Pick<LedgerNotice, "model" | "rollout" | "decision" | "verdict" | "reason" | "champion" | "challenger" | "says"> & { readonly evidence: string };

export const NOTHING_TOLD: NoticeMark = { seq: 0, newest: null, planned: null };

/** What entries that follow a mark give hooks to say, and the mark after them. Pages of a chain give what the whole chain gives. */
export function noticesOf(mark: NoticeMark, entries: readonly LedgerEntry[]): { readonly notices: readonly LedgerNotice[]; readonly mark: NoticeMark } {
  const notices: LedgerNotice[] = [];
  let after = mark;
  for (const entry of entries) {
    if (entry.seq <= after.seq) continue;
    const told = noticesOfEntry(after, entry);
    notices.push(...told.notices);
    after = told.mark;
  }
  return { notices, mark: after };
}

function noticesOfEntry(before: NoticeMark, entry: LedgerEntry): { readonly notices: readonly LedgerNotice[]; readonly mark: NoticeMark } {
  const mark = { ...before, seq: entry.seq };
  const { event } = entry;
  if (event.kind === "plan.applied") return applied(mark, entry, event.decisionId);
  if (event.kind !== "decision") return { notices: [], mark };
  const { decision, observation, plan } = event;
  const { rollout } = observation;
  const decided: Decided = {
    model: rollout.model,
    rollout: rollout.id,
    decision: decision.id,
    verdict: decision.verdict,
    reason: decision.reason,
    champion: rollout.champion.version,
    challenger: rollout.challenger.version,
    says: decision.sentence,
    evidence: decision.evidenceDigest,
  };
  const moves = plan.effects.length > 0;
  // A hold intends nothing: the plan that is being applied, if any, goes on.
  const opens = decision.verdict !== "hold" || plan.closes === true;
  const newest = before.newest?.rollout === decided.rollout ? before.newest : null;
  const notices: LedgerNotice[] = [];
  // A rollout begins as one that holds.
  if (moves || decided.verdict !== (newest?.verdict ?? "hold")) notices.push(noticeOf("verdict_changed", decided, entry));
  // An approval is of the evidence that it was given for.
  const isWanted = decided.reason === "awaiting_approval" && (newest?.reason !== "awaiting_approval" || newest.evidence !== decided.evidence);
  if (isWanted) notices.push(noticeOf("approval_wanted", decided, entry));
  return { notices, mark: { ...mark, newest: decided, planned: opens ? { ...decided, told: false } : before.planned } };
}

/** A plan that was opened again is applied again, which is no news. */
function applied(mark: NoticeMark, entry: LedgerEntry, decisionId: string): { readonly notices: readonly LedgerNotice[]; readonly mark: NoticeMark } {
  const { planned } = mark;
  if (planned === null || planned.decision !== decisionId || planned.told) return { notices: [], mark };
  const kind = planned.verdict === "promote" ? "promoted" : planned.verdict === "rollback" ? "rolled_back" : null;
  return { notices: kind === null ? [] : [noticeOf(kind, planned, entry)], mark: { ...mark, planned: { ...planned, told: true } } };
}

function noticeOf(kind: NoticeKind, { model, rollout, decision, verdict, reason, champion, challenger, says }: Decided, { at, seq, hash }: LedgerEntry): LedgerNotice {
  return { kind, model, rollout, decision, verdict, reason, champion, challenger, says, at, entry: { seq, hash } };
}
