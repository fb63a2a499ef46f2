import type { ModelDetail, OperatorVerb } from "@gauntlet/contract";
import { roleAlias, type Rollout } from "@gauntlet/core";

import { percent } from "./number.ts";
import { movedByRollback, movedToOne } from "./split.ts";

/** What a person reads before an act: its name, and what will happen, in sentences. */
export interface ActBrief {
  readonly label: string;
  readonly tone: "danger" | "primary" | "plain";
  /** null: can be done now; otherwise why not. */
  readonly refused: string | null;
  readonly happens: readonly string[];
}

/** In the order of the buttons: the way back first. */
export const VERBS: readonly OperatorVerb[] = ["rollback", "approve", "hold", "resume", "reject", "promote"];

export function briefOf(verb: OperatorVerb, detail: ModelDetail): ActBrief {
  return BRIEFS[verb](detail);
}

const BRIEFS: Readonly<Record<OperatorVerb, (detail: ModelDetail) => ActBrief>> = { rollback, approve, hold, resume, reject, promote };

function rollback(detail: ModelDetail): ActBrief {
  const { rollout } = detail.state;
  const brief = { label: "Roll back", tone: "danger" } as const;
  if (rollout === null) return { ...brief, refused: "there is no rollout to take back", happens: [] };
  if (rollout.status === "rolled_back" || rollout.status === "retained") return { ...brief, refused: `the champion, version ${rollout.champion.version}, already serves`, happens: [] };
  return {
    ...brief,
    refused: null,
    happens: [
      movesUnits(rollout) ? `${partOf(movedByRollback(detail.state))} of units move back: the split from before the rollout is put back.` : policyMoves(rollout),
      `Aliases go back: ${aliasWords(rollout.snapshot.aliases)}.`,
      "It needs no minimum of data, and the rollout ends.",
    ],
  };
}

function policyMoves(rollout: Rollout): string {
  return rollout.policy.kind === "slots" ? nothingMoves(rollout) : "No unit moves: the rollout moved none.";
}

function promote(detail: ModelDetail): ActBrief {
  const brief = { label: "Promote", tone: "plain" } as const;
  const refused = needsRunning(detail);
  const { rollout } = detail.state;
  if (refused !== null || rollout === null) return { ...brief, refused, happens: [] };
  const open = detail.decision?.checks.filter((check) => check.purpose === "promotion" && check.status !== "pass" && check.status !== "warn").length ?? 0;
  return {
    ...brief,
    refused,
    happens: [
      movesUnits(rollout) ? `${partOf(movedToOne(detail.state, rollout.challenger.version))} of units move from version ${rollout.champion.version} to version ${rollout.challenger.version}.` : nothingMoves(rollout),
      namedWords(rollout),
      detail.decision === null || open > 0
        ? `This overrides the policy: ${detail.decision === null ? "nothing has been judged yet" : `${open} promotion ${open === 1 ? "check has" : "checks have"} not passed`}.`
        : "Every promotion check has passed.",
    ],
  };
}

function reject(detail: ModelDetail): ActBrief {
  const brief = { label: "Reject", tone: "plain" } as const;
  const refused = needsRunning(detail);
  const { rollout } = detail.state;
  if (refused !== null || rollout === null) return { ...brief, refused, happens: [] };
  return {
    ...brief,
    refused,
    happens: [
      movesUnits(rollout) ? `Version ${rollout.champion.version} keeps serving: ${partOf(movedToOne(detail.state, rollout.champion.version))} of units move to it.` : `Version ${rollout.champion.version} stays; no unit moves.`,
      keepsItsName(rollout) ? `The rollout ends; version ${rollout.challenger.version} stays what it is.` : `Version ${rollout.challenger.version} is archived and the rollout ends.`,
    ],
  };
}

function hold(detail: ModelDetail): ActBrief {
  const brief = { label: "Hold", tone: "plain" } as const;
  const refused = needsRunning(detail) ?? (detail.state.hold === null ? null : `${detail.state.hold.by} holds it already`);
  return { ...brief, refused, happens: ["Nothing moves: 0\u00A0% of units.", "Nothing is promoted until somebody resumes. Harm still rolls back by itself."] };
}

function resume(detail: ModelDetail): ActBrief {
  const brief = { label: "Resume", tone: "primary" } as const;
  const refused = needsRunning(detail) ?? (detail.state.hold === null ? "nobody holds it" : null);
  return { ...brief, refused, happens: ["The controller decides again by the policy, at once.", "If every check has passed and no approval is missing, it promotes."] };
}

function approve(detail: ModelDetail): ActBrief {
  const brief = { label: "Approve", tone: "primary" } as const;
  const { decision, state } = detail;
  const { rollout } = state;
  if (rollout === null || decision === null || decision.reason !== "awaiting_approval") return { ...brief, refused: needsRunning(detail) ?? "no decision awaits an approval", happens: [] };
  const by = rollout.policy.approval?.by ?? 1;
  const afterwards = movesUnits(rollout) ? `${partOf(movedToOne(state, rollout.challenger.version))} of units move from version ${rollout.champion.version} to version ${rollout.challenger.version}.` : namedWords(rollout, rollout.policy.kind === "slots" && rollout.policy.reorder !== null);
  return {
    ...brief,
    refused: null,
    happens: [
      `You sign decision ${decision.id} for this very evidence. When the evidence changes, the signature is void.`,
      `${by === 1 ? "Then" : `Once ${by} different people have signed:`} ${afterwards.charAt(0).toLowerCase()}${afterwards.slice(1)}`,
    ],
  };
}

/** A promotion by matches moves none, unless its policy asks for it. */
export function movesUnits({ policy }: Rollout): boolean {
  return policy.kind !== "slots" && (policy.kind !== "rating" || policy.effects.includes("traffic"));
}

/** Where the product follows aliases by itself, only they are changed here. */
function nothingMoves({ policy }: Rollout): string {
  return policy.kind === "slots" ? "Gauntlet moves no unit: the product serves what the aliases name." : "No unit moves: only the registry changes.";
}

/** Asked about the place it had, or about a tier, a version loses nothing by a no. */
function keepsItsName({ policy }: Rollout): boolean {
  return policy.kind === "slots" || (policy.kind === "rating" && (policy.promotion === "tier" || policy.promotion === "rollback"));
}

/** What a promotion calls the versions afterwards. @param ordered whether challengers go by accuracy: where a person overrides the rules they stay */
function namedWords({ policy, champion, challenger }: Rollout, ordered = false): string {
  if (policy.kind === "slots" && ordered) return `The alias ${policy.slots[0]} moves to version ${challenger.version}; version ${champion.version} and the shadows take the other slots, by what they surely predict better.`;
  if (policy.kind === "slots") return `The alias ${policy.slots[0]} moves to version ${challenger.version}, and ${policy.slots[1]} to version ${champion.version}; other challengers stay where they are.`;
  if (policy.kind !== "rating" || policy.promotion === "production" || policy.promotion === "champion") return `The alias champion moves to version ${challenger.version}; version ${champion.version} becomes previous.`;
  if (policy.promotion === "rollback") return `The alias champion moves back to version ${challenger.version}; version ${champion.version} is rolled back.`;
  return `The alias ${roleAlias(policy)} moves to version ${challenger.version}; version ${champion.version} stays champion.`;
}

function needsRunning({ state }: ModelDetail): string | null {
  if (state.rollout === null) return "there is no rollout";
  return state.rollout.status === "running" ? null : "the rollout is over";
}

function partOf(share: number | null): string {
  return share === null ? "An unknown part" : percent(share, 2);
}

function aliasWords(aliases: Readonly<Record<string, string | null>>): string {
  const names = Object.keys(aliases).toSorted();
  if (names.length === 0) return "none were set";
  return names.map((name) => (aliases[name] === null ? `${name} is removed` : `${name} to version ${aliases[name]}`)).join(", ");
}
