import type { ModelDetail } from "@gauntlet/contract";
import { lookEnds, type AbtestPolicy, type RampPolicy, type Rollout } from "@gauntlet/core";

/** One step of a rollout. `at` is when it happened or is planned; null when it can't be said. */
export interface Step {
  readonly id: string;
  readonly title: string;
  readonly note: string;
  readonly at: number | null;
  readonly state: "done" | "current" | "ahead" | "skipped";
}

/** The stages of a rollout: start, each look with the time its labels need, the end, and whether it was carried out. */
export function timelineOf({ now, summary, state, decision }: ModelDetail): readonly Step[] {
  const rollout = state.rollout;
  if (rollout === null) return [];
  const { startedAt, startedBy, status } = rollout;
  const ended = status !== "running";
  const final = decision !== null && decision.verdict !== "hold" && decision.verdict !== "advance" ? decision : null;
  const steps: Step[] = [{ id: "start", title: "Rollout started", note: `by ${startedBy}`, at: startedAt, state: "done" }];
  const over = final?.at ?? null;
  steps.push(...plannedSteps(rollout, { now, over }));
  steps.push({ id: "verdict", title: final === null ? "Verdict that ends it" : `Verdict: ${final.verdict}`, note: final === null ? "" : final.id, at: over, state: final === null ? "ahead" : "done" });
  const appliedAt = ended && state.settled !== null ? state.settled.at : null;
  steps.push({ id: "applied", title: "Effects read back as planned", note: summary.failure ?? "", at: appliedAt, state: ended ? "done" : "ahead" });
  // A stage that was passed at an unknown time comes before all that has one, but the start.
  const [start, ...later] = steps;
  const isPast = (step: Step) => step.at === null && step.state === "done" && step.id.startsWith("stage-");
  return withCurrent([...(start === undefined ? [] : [start]), ...later.filter(isPast), ...later.filter((step) => !isPast(step)).toSorted(byTime)], ended);
}

interface Clock {
  readonly now: number;
  /** When it was decided; null while it goes on. */
  readonly over: number | null;
}

/** Nobody can say when matches will have shown something. */
function plannedSteps(rollout: Rollout, clock: Clock): readonly Step[] {
  const { policy } = rollout;
  switch (policy.kind) {
    case "abtest":
      return [...lookSteps(policy, rollout, clock), ...watchSteps(policy, rollout, clock)];
    case "ramp":
      return stageSteps(rollout, policy, clock);
    case "rating":
    case "slots":
      return [];
  }
}

function lookSteps(policy: AbtestPolicy, { startedAt, stage }: Rollout, { now, over: decided }: Clock): readonly Step[] {
  // A test that a watch follows was over when that began.
  const over = stage?.since ?? decided;
  const continuous = policy.monitoring === "continuous";
  const ends = lookEnds(policy).map((ms) => startedAt + ms);
  return ends.flatMap((end, index) => {
    const name = nameOf(continuous, index, ends.length);
    const dueAt = end + policy.labels.maturityMs;
    return [
      { id: `cut-${index}`, ...cutWords(policy, index, name), at: end, state: stateOf(end, now, over) },
      { id: `due-${index}`, title: `${name}: labels mature`, note: continuous && index === 0 ? "from now on judged at every tick" : "now it may be judged", at: dueAt, state: stateOf(dueAt, now, over) },
    ];
  });
}

/** Nobody knows when a watch will begin. */
function watchSteps({ watchMs }: AbtestPolicy, { stage }: Rollout, { now, over }: Clock): readonly Step[] {
  if (watchMs === undefined) return [];
  if (stage === undefined) return [{ id: "watch", title: "Watched with all traffic", note: "if it wins; then it is promoted", at: null, state: over === null ? "ahead" : "skipped" }];
  const end = stage.since + watchMs;
  return [
    { id: "all-traffic", title: "All traffic moved", note: "read back; what served before stays ready", at: stage.since, state: "done" },
    { id: "watch", title: "Watched until at least", note: "then it is promoted", at: end, state: stateOf(end, now, over) },
  ];
}

/** The earliest end of each stage that is not behind, counted from the present one; the last is the promotion, unless it is watched. */
function stageSteps({ stage, startedAt }: Rollout, { stages }: RampPolicy, { now, over }: Clock): readonly Step[] {
  const present = stage ?? { index: 0, since: startedAt };
  let end = present.since;
  return stages.filter(({ dwellMs }) => dwellMs !== null).map(({ name, basisPoints, dwellMs }, index): Step => {
    const title = `${name}: ${basisPoints / 100} % of traffic`;
    // Only the ledger knows when the earlier ones ended; the last of them ended when the present one began.
    if (index < present.index) return { id: `stage-${index}`, title, note: "passed", at: index === present.index - 1 ? present.since : null, state: "done" };
    end += dwellMs ?? 0;
    return { id: `stage-${index}`, title: `${title}, until at least`, note: basisPoints === 10_000 ? "watched; then it is promoted" : "then it is judged", at: end, state: stateOf(end, now, over) };
  });
}

function nameOf(continuous: boolean, index: number, of: number): string {
  if (of === 1) return continuous ? "Window" : "Look";
  if (continuous) return index === 0 ? "Shortest window" : "Longest window";
  return `Look ${index + 1} of ${of}`;
}

function cutWords({ monitoring }: AbtestPolicy, index: number, name: string): Pick<Step, "title" | "note"> {
  if (monitoring === "continuous") return { title: `${name} ends`, note: index === 0 ? "" : "what is not proven by then is not promoted" };
  return { title: `${name}: evidence ends`, note: "later outcomes are not part of it" };
}

function stateOf(at: number, now: number, over: number | null): Step["state"] {
  if (over !== null && at > over) return "skipped";
  return at <= now ? "done" : "ahead";
}

/** A verdict may come before the looks do (harm, a person): what never happened stands after it. */
function byTime(left: Step, right: Step): number {
  return (left.at ?? Number.POSITIVE_INFINITY) === (right.at ?? Number.POSITIVE_INFINITY) ? 0 : (left.at ?? Number.POSITIVE_INFINITY) - (right.at ?? Number.POSITIVE_INFINITY);
}

/** What is being waited for: the first step ahead, unless all is over. */
function withCurrent(steps: readonly Step[], ended: boolean): readonly Step[] {
  const next = ended ? -1 : steps.findIndex((step) => step.state === "ahead");
  return steps.map((step, index) => (index === next ? { ...step, state: "current" } : step));
}
