import type { Decision, LedgerEntry } from "@gauntlet/core";
import { ROOT_CHAIN, sealEntry } from "@gauntlet/core";

import { append, newModel, NOW, recordDecision, runRollout, type FixtureModel, type World } from "./fixture-models.ts";

export const HOSTILE = `<img src=x onerror="window.hacked=1">`;
const DAY = 86_400_000;
const APPROVAL = { by: 2, notBy: ["dana"] };

const BASE: World = {
  model: "fraud_detector",
  champion: "7",
  challenger: "8",
  startedDaysAgo: 17,
  volume: 9200,
  cells: [148_000, 55, 60, 240, 260, 310, 84, 2100],
  arms: { champion: { errors: 0.0021, p95: 68 }, challenger: { errors: 0.0019, p95: 71 } },
};

/** Every state that the console must show, the ugly ones included. */
export function fixtureModels(): Map<string, FixtureModel> {
  const models = [promoted(), awaiting(), retained(), rolledBack(), failing(), running(), held(), extreme(), hostile(), newModel("sentiment_v2")];
  return new Map(models.map((model) => [model.model, model]));
}

function promoted(): FixtureModel {
  return runRollout(BASE);
}

function awaiting(): FixtureModel {
  const model = runRollout({ ...BASE, model: "checkout_risk", champion: "12", challenger: "13", policy: { approval: APPROVAL }, volume: 15_400 });
  const { decision } = model;
  if (decision !== null) {
    append(model, NOW - 12 * 60_000, { kind: "approval", approval: { id: "a-1", by: "priya", at: NOW - 12 * 60_000, decisionId: decision.id, evidenceDigest: decision.evidenceDigest, comment: "Recall gain is real, precision is in its band. Fine by me." } });
  }
  return model;
}

function retained(): FixtureModel {
  return runRollout({ ...BASE, model: "spam_filter", champion: "3", challenger: "4", cells: [80_000, 700, 60, 240, 260, 120, 104, 2100] }, { decideAt: NOW - 3 * DAY / 4 });
}

function rolledBack(): FixtureModel {
  return runRollout({ ...BASE, model: "churn_scorer", champion: "21", challenger: "22", startedDaysAgo: 2, cells: [9000, 8, 7, 30, 31, 12, 18, 240], arms: { champion: { errors: 0.002, p95: 68 }, challenger: { errors: 0.064, p95: 180 } } }, { decideAt: NOW - 5 * 3_600_000 });
}

function failing(): FixtureModel {
  return runRollout({ ...BASE, model: "search_ranker", champion: "40", challenger: "41" }, { applied: 2, failure: "PUT /api/2.0/mlflow/registered-models/alias answered 503: database is locked" });
}

function running(): FixtureModel {
  return runRollout({ ...BASE, model: "mail_router", champion: "1", challenger: "2", startedDaysAgo: 9, cells: [41_000, 15, 13, 60, 70, 52, 31, 610] });
}

function held(): FixtureModel {
  const model = runRollout({ ...BASE, model: "ad_quality", champion: "5", challenger: "6", startedDaysAgo: 6, realised: 0.17, cells: [41_000, 15, 13, 60, 70, 52, 31, 610] });
  append(model, NOW - 3_600_000, { kind: "hold", hold: { by: "sam", at: NOW - 3_600_000, reason: "Campaign starts at noon; let it settle first." } });
  return model;
}

/** Figures no one expects: the page must stay in one piece. */
function extreme(): FixtureModel {
  const model = runRollout({ ...BASE, model: "a_model_with_a_name_that_goes_on_and_on_because_somebody_thought_that_every_detail_belongs_into_it_2026", champion: "9007199254740991", challenger: "2026-09-12T09-30-00Z.build.48151623.final-final-2", startedDaysAgo: 12 });
  recordDecision(model, { at: NOW - 60_000, part: 1, change: absurd });
  return model;
}

function absurd(decision: Decision): Decision {
  const [first, ...rest] = decision.checks.toReversed();
  if (first === undefined) return decision;
  const wild = { ...first, id: "wild-interval", unit: "ratio" as const, champion: 1e-12, challenger: 0.999999, estimate: 999_999_000_000, interval: { low: 1e-9, high: 1e15, level: 0.9999 }, allowed: { low: 1.05, high: null }, n: { champion: 9_007_199_254_740_991, challenger: 3 }, nNeeded: 123_456_789_012, pValue: 1e-300, reported: { chiSquare: 1e30, midP: 5e-324, relative: null } };
  const tiny = { ...first, id: "tiny-rate", unit: "share" as const, champion: 0.00000123, challenger: 0.00000124, estimate: 0.00000001, interval: { low: -0.0000004, high: 0.0000005, level: 0.95 }, allowed: { low: null, high: 0.000001 } };
  return { ...decision, checks: [...rest.toReversed(), first, wild, tiny] };
}

function hostile(): FixtureModel {
  const script = `"><script>window.hacked=1</script>`;
  const model = runRollout({ ...BASE, model: HOSTILE, champion: "1", challenger: `2'"><svg/onload=window.hacked=1>`, startedDaysAgo: 5, startedBy: script, cells: [41_000, 15, 13, 60, 70, 52, 31, 610] });
  append(model, NOW - 4000, { kind: "hold", hold: { by: script, at: NOW - 4000, reason: `${HOSTILE} javascript:window.hacked=1` } });
  const change = (decision: Decision): Decision => ({ ...decision, sentence: `${HOSTILE}${script} {{7*7}} \u202Egnp.exe`, checks: decision.checks.map((check) => ({ ...check, says: `${script}${check.says}`, wouldChange: HOSTILE, method: HOSTILE, id: `${check.id}${HOSTILE}` })) });
  recordDecision(model, { at: NOW - 3000, part: 1, change });
  model.failure = `the registry said ${HOSTILE}`;
  return model;
}

/** The root chain: one entry for the heads as they are. */
export function rootEntries(models: ReadonlyMap<string, FixtureModel>): readonly LedgerEntry[] {
  const heads = Object.fromEntries([...models.values()].filter((model) => model.entries.length > 0).map((model) => [model.model, { seq: model.state.seq, hash: model.state.hash }]));
  return [sealEntry(null, { chain: ROOT_CHAIN, at: NOW, event: { kind: "root", heads } })];
}
