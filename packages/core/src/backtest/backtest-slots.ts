import { decide } from "../decision/decide.ts";
import type { Decision } from "../decision/decision.ts";
import type { Observation } from "../decision/observation.ts";
import { closes } from "../decision/slots/decide-slots.ts";
import { Failure } from "../failure/failure.ts";
import type { SlotsPolicy } from "../policy/slots-policy.ts";
import { endNotes, type Backtest, type Turn } from "./backtest.ts";
import { endOf, type Recorded } from "./recorded.ts";

const DAY_MS = 86_400_000;

/**
 * Tries a policy of slots on a recorded cycle: the ledger keeps with each decision all the counts that either mode goes by. Cycles
 * are tried one by one, each with the holders that it had: what a swap would have changed in later ones is not followed.
 *
 * @throws Failure `invalid_input` for a rollout of another kind, with other slots or metrics, or without any readable counts.
 */
export function backtestSlots(policy: SlotsPolicy, recorded: Recorded): Backtest {
  const { rollout } = recorded;
  const { id, model, champion, challenger, policy: then, startedAt } = rollout;
  if (then.kind !== "slots") throw new Failure("invalid_input", `${id} is of kind ${then.kind}, which has no slots for a policy to be tried on`, { fix: `give a policy of kind ${then.kind}, or another --model` });
  const same = policy.slots.join("\n") === then.slots.join("\n") && policy.win === then.win && policy.accuracy === then.accuracy;
  if (!same) throw new Failure("invalid_input", `${id} was counted with the slots ${then.slots.join(", ")} and the metrics ${then.win} and ${then.accuracy ?? "none"}`, { fix: "give a policy with the same slots, win and accuracy" });
  const turnOf = ({ verdict, reason, at, sentence }: Decision, observation: Observation): Turn => ({ verdict, reason, at, day: (at - startedAt) / DAY_MS, exposed: exposedIn(observation), sentence });
  const turns: Turn[] = [];
  let would: Turn | null = null;
  for (const { observation } of recorded.decisions) {
    if (!observation.evidence.available || observation.evidence.slots === undefined) continue;
    const { pinned: _, ...cycle } = observation.rollout;
    const decision = decide({ ...policy, model }, { ...observation, rollout: { ...cycle, policy: { ...policy, model } }, operator: { approvals: [], hold: null, request: null }, blocked: null });
    would = turnOf(decision, observation);
    const before = turns.at(-1);
    if (before?.verdict !== would.verdict || before.reason !== would.reason) turns.push(would);
    if (closes(policy, decision)) break;
  }
  if (would === null) throw new Failure("invalid_input", `there is no instant of ${id} at which ${policy.name} could be judged`, { fix: "give a cycle whose counts could be read" });
  const end = endOf(recorded);
  const happened = turnOf(end.decision, end.observation);
  return {
    model,
    rolloutId: id,
    champion: champion.version,
    challenger: challenger.version,
    from: "decisions",
    policy: policy.name,
    recordedPolicy: then.name,
    happened,
    would,
    turns,
    difference: { verdict: would.verdict !== happened.verdict, reason: would.reason !== happened.reason, days: would.day - happened.day, exposed: would.exposed - happened.exposed },
    notes: ["Judged at the recorded decisions only: between them, the policy might have decided earlier.", ...endNotes(recorded, would)],
  };
}

/** Games of this cycle in the challenger's slot. */
function exposedIn({ evidence }: Observation): number {
  const challengers = evidence.available ? (evidence.slots?.slots[1]?.cycle ?? []) : [];
  return challengers.reduce((sum, { games }) => sum + games, 0);
}
