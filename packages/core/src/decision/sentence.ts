import type { PromotionType } from "../policy/rating-policy.ts";
import { isWatch } from "../policy/watch.ts";
import type { CheckResult, Reason } from "./decision.ts";
import type { Observation } from "./observation.ts";
import type { Ruling } from "./operator.ts";

interface SentenceInput {
  readonly observation: Observation;
  readonly ruling: Ruling;
  readonly checks: readonly CheckResult[];
}

/** One sentence for people: what happens, and the first thing that made it so. */
export function sentenceOf(input: SentenceInput): string {
  return `${OPENINGS[input.ruling.verdict](input)}: ${BECAUSE[input.ruling.reason](input)}`;
}

const OPENINGS: Readonly<Record<Ruling["verdict"], (input: SentenceInput) => string>> = {
  advance: ({ observation, ruling }) => `Version ${observation.rollout.challenger.version} ${ruling.reason === "split_not_realised" ? "begins its stage anew" : watchAt(observation, 1) ? "gets all traffic, and is watched before it is promoted" : "gets more traffic"}`,
  promote: ({ observation }) => promotion(observation),
  hold: ({ observation }) => {
    const { champion, challenger, policy } = observation.rollout;
    if (policy.kind === "rating") return HOLDS[policy.promotion](observation);
    if (policy.kind === "slots") return `Version ${champion.version} keeps ${policy.slots[0]}, and version ${challenger.version} ${policy.slots[1]}`;
    return watchAt(observation, 0) ? `Version ${challenger.version} has all traffic and is watched, version ${champion.version} ready to take it back` : `Version ${champion.version} stays while version ${challenger.version} is tested`;
  },
  retain: ({ observation }) => (isSlots(observation) ? `Version ${observation.rollout.champion.version} keeps ${observation.rollout.slots?.champion ?? ""}` : isRating(observation) ? `Version ${observation.rollout.challenger.version} is not promoted` : `Version ${observation.rollout.champion.version} is retained and version ${observation.rollout.challenger.version} is not promoted`),
  rollback: ({ observation }) => `Version ${observation.rollout.challenger.version} is rolled back to version ${observation.rollout.champion.version}`,
};

function promotion({ rollout: { champion, challenger, policy } }: Observation): string {
  if (policy.kind === "slots") return `Version ${challenger.version} takes ${policy.slots[0]} from version ${champion.version}`;
  if (policy.kind !== "rating") return `Version ${challenger.version} is promoted over version ${champion.version}`;
  switch (policy.promotion) {
    case "staging":
      return `Version ${challenger.version} is promoted to staging`;
    case "tier":
      return `Version ${challenger.version} is promoted to tier ${policy.tier?.target ?? ""}`;
    case "rollback":
      return `Version ${challenger.version} gets its place back from version ${champion.version}`;
    case "production":
    case "champion":
      return `Version ${challenger.version} is promoted over version ${champion.version}`;
  }
}

const HOLDS: Readonly<Record<PromotionType, (observation: Observation) => string>> = {
  staging: ({ rollout }) => `Version ${rollout.challenger.version} waits for staging`,
  production: ({ rollout }) => `Version ${rollout.champion.version} stays while version ${rollout.challenger.version} is tried in matches`,
  champion: ({ rollout }) => `Version ${rollout.champion.version} stays while version ${rollout.challenger.version} is tried in matches`,
  tier: ({ rollout }) => `Version ${rollout.challenger.version} stays in its tier`,
  rollback: ({ rollout }) => `Version ${rollout.champion.version} stays, and version ${rollout.challenger.version} is ready to take its place back`,
};

const BECAUSE: Readonly<Record<Reason, (input: SentenceInput) => string>> = {
  all_checks_passed: ({ checks }) => `every check passed. ${firstOf(checks, "promotion", ["pass"])}`,
  harm: ({ checks }) => `it does harm. ${firstOf(checks, "harm", ["fail"])}`,
  worse: ({ observation, checks }) => `it misses what was asked of it. ${firstOf(checks, "promotion", ["fail"]) || (isRating(observation) ? firstOf(checks, "promotion", ["unproven", "unavailable"]) : "")}`,
  unproven: ({ observation, checks }) => (isGames(observation) ? `its games do not show what was asked of it. ${firstOf(checks, "promotion", ["fail", "unproven"])}` : `the time is over and its worth is not shown. ${firstOf(checks, "promotion", ["unproven", "unavailable"])}`),
  rejected: (input) => asked(input),
  manual: (input) => asked(input),
  regression: ({ observation }) => `it became worse after its promotion. ${observation.operator.request?.reason ?? ""}`.trim(),
  plan_failed: ({ observation }) => `an effect could not be applied. ${observation.blocked?.detail ?? ""}`.trim(),
  insufficient_data: ({ observation, checks }) => (isGames(observation) ? `there are too few games. ${firstOf(checks.filter(({ metric }) => metric === "games"), "promotion", ["unproven"]) || firstOf(checks, "promotion", ["unproven", "unavailable"])}` : isRamp(observation) ? `this stage has too few outcomes. ${firstOf(checks, "promotion", ["unproven"])}`.trim() : "there are too few outcomes for this look."),
  min_duration: ({ observation }) => (watchAt(observation, 0) ? "the watch is not over yet." : isRamp(observation) ? "this stage has not lasted its time yet." : "the first look is not due yet."),
  inconclusive: ({ observation, checks }) => (isGames(observation) ? `its games leave it open. ${firstOf(checks, "promotion", ["unproven"])}` : isRamp(observation) ? `what this stage shows may be chance, so it goes on for a while. ${firstOf(checks, "promotion", ["unproven"])}` : `the look shows neither gain nor loss, so the test is extended. ${firstOf(checks, "promotion", ["unproven"])}`),
  evidence_unavailable: ({ observation, checks }) => `something could not be read. ${outageOf(observation) || firstOf(checks, "promotion", ["unavailable"])}`,
  sample_ratio_mismatch: ({ checks }) => `the traffic split is not the intended one. ${firstOf(checks, "validity", ["fail"])}`,
  split_not_realised: ({ ruling }) => (ruling.verdict === "advance" ? "somebody changed the experiment, and left its split as it was." : "the traffic target does not show the split of this rollout."),
  split_off_target: ({ checks }) => `the versions do not get the shares that were intended. ${saidBy(checks, "split")}`,
  multiple_exposure: ({ checks }) => `units were served by two versions. ${saidBy(checks, "exposure")}`,
  join_rate_low: ({ checks }) => `what follows an outcome does not find it. ${saidBy(checks, "join-rate")}`,
  evidence_late: ({ checks }) => `what follows an outcome comes too late. ${saidBy(checks, "lag")}`,
  arm_silent: ({ checks }) => `a version has no outcomes any more. ${saidBy(checks, "silence")}`,
  evidence_stale: ({ checks }) => `a source of evidence lies behind. ${saidBy(checks, "source")}`,
  version_mismatch: ({ observation, checks }) => saidOf("it is not the artifact that was tested.", saidBy(failed(checks), "artifact-files")) || statedElse(observation) || "a version's artifact is not the one that was to be tested, or both are the same.",
  signature_invalid: ({ checks }) => `only what was signed is promoted. ${saidBy(checks, "artifact-signature")}`,
  artifact_unread: ({ checks }) => saidOf("nobody knows whether it is the artifact that was tested.", saidBy(checks, "artifact-files")),
  unrated: ({ checks }) => saidBy(checks, "rated"),
  incomparable: ({ checks }) => `nothing says how strong it is. ${firstOf(checks, "promotion", ["unavailable"])}`,
  unanchored: ({ checks }) => `nothing says what points are here. ${firstOf(checks, "promotion", ["unavailable"])}`,
  foreign_move: ({ observation }) => (isSlots(observation) ? `somebody else moved one of the aliases ${observation.rollout.slots?.champion} and ${observation.rollout.slots?.challenger}.` : `somebody else moved the alias "champion" away from version ${observation.rollout.champion.version}.`),
  labels_immature: ({ checks }) => `labels are still missing. ${firstOf(checks, "validity", ["unproven", "unavailable"])}`,
  champion_over_limit: () => "the champion itself breaks the limit, so nothing can be held against the challenger.",
  awaiting_approval: ({ observation }) => `every check passed; ${observation.rollout.policy.approval?.by ?? 1} approval is needed.`,
  operator_hold: ({ observation }) => `${observation.operator.hold?.by ?? "somebody"} asked to wait. ${observation.operator.hold?.reason ?? ""}`.trim(),
};

function isRating({ rollout }: Observation): boolean {
  return rollout.policy.kind === "rating";
}

function isSlots({ rollout }: Observation): boolean {
  return rollout.policy.kind === "slots";
}

/** Games are what is judged. */
function isGames(observation: Observation): boolean {
  return isRating(observation) || isSlots(observation);
}

function isRamp({ rollout }: Observation): boolean {
  return rollout.policy.kind === "ramp";
}

/** Whether the present stage, or the one so many after it, is a watch over who has everything. */
function watchAt({ rollout: { policy, stage } }: Observation, after: number): boolean {
  return isWatch(policy, (stage?.index ?? 0) + after);
}

function firstOf(checks: readonly CheckResult[], purpose: CheckResult["purpose"], statuses: readonly CheckResult["status"][]): string {
  return checks.find((check) => check.purpose === purpose && statuses.includes(check.status))?.says ?? "";
}

function saidBy(checks: readonly CheckResult[], id: string): string {
  return checks.find((check) => check.id === id)?.says ?? "";
}

/** Nothing without the second. */
function saidOf(first: string, second: string): string {
  return second === "" ? "" : `${first} ${second}`;
}

function failed(checks: readonly CheckResult[]): readonly CheckResult[] {
  return checks.filter(({ status }) => status === "fail");
}

/** Which version states another digest than it did; rollouts that began before that was kept say it in fewer words. */
function statedElse({ registry, rollout: { champion, challenger, pinned } }: Observation): string {
  if (pinned !== true || !registry.available) return "";
  for (const tested of [challenger, champion]) {
    const now = registry.versions.find(({ version }) => version === tested.version)?.digest ?? null;
    if (now !== tested.digest) return `version ${tested.version} is not the artifact that was to be tested. Its digest was ${tested.digest ?? "not stated"} when the rollout began, and is ${now ?? "not stated"} now.`;
  }
  return "";
}

function asked({ observation }: SentenceInput): string {
  const request = observation.operator.request;
  return request === null ? "a person asked for it." : `${request.by} asked for it. ${request.reason}`;
}

function outageOf({ registry, traffic, evidence }: Observation): string {
  const failed = [registry, traffic, evidence].find((reading) => !reading.available);
  return failed?.available === false ? failed.detail : "";
}
