import { toNumber } from "../../policy/rational.ts";
import { rolloutAlpha } from "../../policy/rollout-alpha.ts";
import type { SlotsPolicy } from "../../policy/slots-policy.ts";
import type { Decision, Verdict } from "../decision.ts";
import { isSigned } from "../is-signed.ts";
import type { Observation } from "../observation.ts";
import { answerOperator, type Ruling } from "../operator.ts";
import { recordOf } from "../record.ts";
import type { SlotsRuling, SlotsView } from "../slots-view.ts";
import type { Found, Judged } from "./judged.ts";
import { unordered } from "./order.ts";
import { readingProblem } from "./reading-problem.ts";
import { ruleAsWritten, viewAsWritten } from "./rule-as-written.ts";
import { ruleStrictly } from "./rule-strict.ts";
import { slotsRuling } from "./slots-ruling.ts";

/**
 * The order in which a cycle is judged: a person's request, readings that are missing, and then the rules of the mode. What becomes
 * of the challengers stands beside the verdict in `slots`, and never in its place.
 */
export function decideSlots(policy: SlotsPolicy, observation: Observation): Decision {
  const { rollout, evidence } = observation;
  const view = evidence.available ? (evidence.slots ?? null) : null;
  const found = view === null ? null : MODES[policy.mode](policy, observation, view);
  const asked = answerOperator(observation) ?? readingProblem(policy, observation);
  const ruling = asked ?? signed(policy, observation, waits(observation, (found as Found).ruling));
  const decision = recordOf({ policy, observation, ruling, checks: found?.checks ?? [], compatLabels: COMPAT_LABELS });
  if (found === null || rollout.cycle === undefined) return decision;
  return { ...decision, slots: rulingOf(found, decision, asked === null && closes(policy, decision)) };
}

/** The reference's three; none of them is ever what becomes of the challengers. */
const COMPAT_LABELS: Readonly<Record<Verdict, string>> = { advance: "insufficient_data", promote: "swap_production_b", hold: "insufficient_data", retain: "retain_production", rollback: "retain_production" };

const MODES: Readonly<Record<SlotsPolicy["mode"], (policy: SlotsPolicy, observation: Observation, view: SlotsView) => Found>> = {
  strict: (policy, observation, view) => ruleStrictly(judged(policy, observation, view)),
  compat: (policy, observation, view) => ruleAsWritten(judged(policy, observation, viewAsWritten(view))),
};

function judged(policy: SlotsPolicy, { rollout }: Observation, view: SlotsView): Judged {
  return { policy, rollout, view, alpha: policy.mode === "strict" ? rolloutAlpha(policy, rollout) : toNumber(policy.alpha) };
}

/** Somebody asked to wait: nothing changes, though the cycle would end. */
function waits({ operator }: Observation, ruling: Ruling): Ruling {
  return operator.hold === null ? ruling : { verdict: "hold", reason: "operator_hold" };
}

/** Who takes the champion's slot by the rules needs signatures first, where the policy asks for any; compat mode asks nobody. */
function signed({ approval }: SlotsPolicy, observation: Observation, ruling: Ruling): Ruling {
  const { evidence } = observation;
  const digest = evidence.available ? evidence.slots?.digest : undefined;
  return ruling.verdict !== "promote" || (digest !== undefined && isSigned(approval, observation, digest)) ? ruling : { verdict: "hold", reason: "awaiting_approval" };
}

/** Compat mode says something once a cycle, be it that there are too few games; strict mode waits for more. */
export function closes({ mode }: Pick<SlotsPolicy, "mode">, { verdict, reason }: Ruling): boolean {
  return verdict !== "hold" || (mode === "compat" && reason === "insufficient_data");
}

/** Challengers are put in order where a cycle ends by its rules; what a person asks for is done, and nothing more. */
function rulingOf({ judgement, order }: Found, { verdict }: Ruling, ends: boolean): SlotsRuling {
  const swap = verdict === "promote";
  const moved = unordered(judgement.view.slots.length, swap);
  return slotsRuling(judgement, { swap, moved, ordered: ends ? order(moved) : moved });
}
