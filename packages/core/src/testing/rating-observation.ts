import { allocate } from "../allocation/allocate.ts";
import type { Observation, RegisteredVersion } from "../decision/observation.ts";
import type { HeadToHead, RatedParticipant, RatingView, ServiceFigures } from "../decision/rating-view.ts";
import { lookOf } from "../decision/rating/look.ts";
import { ratingDigest } from "../decision/rating/rating-view-of.ts";
import type { RatingPolicy } from "../policy/rating-policy.ts";
import type { Rollout } from "../policy/rollout.ts";
import { DAY, START } from "./observation.ts";
import { baseRollout } from "./base-rollout.ts";

/** Document 002 in numbers. */
export function ratingPolicy(change: Partial<RatingPolicy> = {}): RatingPolicy {
  return {
    kind: "rating",
    name: "ladder",
    model: "square8_2p",
    mode: "strict",
    metrics: {},
    bucketMs: 300_000,
    approval: null,
    effects: ["registry.alias", "registry.tag"],
    impact: null,
    promotion: "production",
    board: "square8",
    players: 2,
    baseline: { kind: "champion" },
    criteria: { minEloImprovement: { parts: 25, of: 1 }, minGames: 50, minWinRate: { parts: 52, of: 100 }, wilson: false, minElo: null, eloFall: { parts: -30, of: 1 }, maxGames: null },
    pairs: "tournament",
    sprt: { width: { parts: 25, of: 1 }, beta: { parts: 1, of: 20 }, scale: "logistic" },
    alpha: { parts: 1, of: 20 },
    spending: "each",
    harm: { elo: { parts: 50, of: 1 }, alpha: { parts: 1, of: 1000 } },
    tier: null,
    gate: null,
    checks: [],
    ...change,
  };
}

function ratingRollout(policy: RatingPolicy, change: Partial<Rollout<RatingPolicy>> = {}): Rollout<RatingPolicy> {
  const allocation = allocate({ model: policy.model, epoch: 0, seed: `${policy.model}-1`, shares: [{ slot: "champion", version: "1", basisPoints: 10_000 }], shadow: false });
  return {
    ...baseRollout(policy, START),
    allocation,
    snapshot: { aliases: { champion: "1", challenger: null, previous: null }, allocation, stages: { "1": "Production", "2": "Staging" } },
    ...change,
  };
}

export interface RatingSituation {
  readonly policy?: Partial<RatingPolicy>;
  /** Of the service; null: no match of it. */
  readonly challenger?: Partial<ServiceFigures> | null;
  readonly baseline?: Partial<ServiceFigures> | null;
  readonly head?: Partial<HeadToHead> | null;
  readonly view?: Partial<RatingView>;
  /** Scores of the runs of versions 1 and 2. */
  readonly scores?: readonly [champion: Readonly<Record<string, number>>, challenger: Readonly<Record<string, number>>];
  readonly observation?: Partial<Observation>;
}

/** 400 games against each other, of which the challenger has a little more than 60 %: enough for everything. */
const HEAD: HeadToHead = { games: 400, singles: { wins: 0, draws: 0, losses: 0 }, pairs: [5, 20, 60, 75, 40], overshoot: { lower: 0, upper: 0 } };

/** An observation after many games, by which the challenger is promoted; a test changes what it is about. */
export function ratingObservation({ policy: change = {}, ...situation }: RatingSituation = {}): Observation {
  const policy = ratingPolicy(change);
  const rollout = ratingRollout(policy);
  const registered = ({ version, digest, runId }: Rollout["champion"], metrics: Readonly<Record<string, number>>): RegisteredVersion => ({ version, digest, runId, stage: "None", tags: {}, metrics });
  const [champions, challengers] = situation.scores ?? [{}, {}];
  const rating = viewOf(policy, situation);
  return {
    schema: 1,
    at: START + DAY,
    rollout,
    highestEpoch: 0,
    registry: { available: true, aliases: { champion: "1", challenger: "2" }, versions: [registered(rollout.champion, champions), registered(rollout.challenger, challengers)] },
    traffic: { available: true, ...rollout.allocation },
    evidence: { available: true, soFar: [], look: lookOf(rollout, rating.cutoff ?? START), recent: [], rating },
    operator: { approvals: [], hold: null, request: null },
    blocked: null,
    ...situation.observation,
  };
}

function viewOf({ board, players, baseline: { kind }, model }: RatingPolicy, { challenger, baseline, head, view }: RatingSituation): RatingView {
  const side = (version: string, usual: ServiceFigures, given: Partial<ServiceFigures> | null | undefined): RatedParticipant => ({
    participant: `${model}@${version}`,
    service: given === null ? null : { ...usual, ...given },
    fitted: given === null ? null : { elo: given?.elo ?? usual.elo, standardError: 15, anchored: false },
  });
  const found: RatingView = {
    board,
    players,
    ledger: "0".repeat(32),
    cutoff: START + DAY,
    challenger: side("2", { elo: 1560, games: 400, winRate: 0.6 }, challenger),
    baseline: kind === "none" ? null : side("1", { elo: 1500, games: 900, winRate: 0.5 }, baseline),
    head: kind === "none" || head === null ? null : { ...HEAD, ...head },
    difference: kind === "none" || challenger === null || baseline === null ? null : { kind: "comparable", difference: 71, standardError: 12, superiority: 0.999 },
    digest: "",
    ...view,
  };
  return { ...found, digest: ratingDigest(found) };
}
