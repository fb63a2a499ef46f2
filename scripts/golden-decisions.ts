import { existsSync, writeFileSync } from "node:fs";

import { decide } from "../packages/core/src/decision/decide.ts";
import type { Observation } from "../packages/core/src/decision/observation.ts";
import { RULES } from "../packages/core/src/decision/rules.ts";
import { canonicalJson } from "../packages/core/src/digest/canonical-json.ts";
import type { LedgerEntry } from "../packages/core/src/ledger/entry.ts";
import { sealEntry } from "../packages/core/src/ledger/seal-entry.ts";
import { planFor } from "../packages/core/src/plan/plan-for.ts";
import { BETTER, observationOf, pairedCells } from "../packages/core/src/testing/observation.ts";
import { rampObservation } from "../packages/core/src/testing/ramp-observation.ts";
import { ratingObservation } from "../packages/core/src/testing/rating-observation.ts";
import { slotsObservation } from "../packages/core/src/testing/slots-observation.ts";

// node scripts/golden-decisions.ts: writes a ledger of decisions by the rules as they are, once for each version of them.

const file = new URL(`../packages/core/src/replay/golden/rules-${RULES}.ndjson`, import.meta.url);
if (existsSync(file)) {
  process.stderr.write(`${file.pathname} is there: what rules ${RULES} decided is never written over. Raise RULES in packages/core/src/decision/rules.ts\n`);
  process.exitCode = 1;
} else {
  writeFileSync(file, ledgerOf(observations()).map((entry) => `${canonicalJson(entry)}\n`).join(""));
}

function observations(): readonly Observation[] {
  const operator = { approvals: [], hold: null };
  const asked = (kind: "promote" | "reject" | "rollback") => ({ operator: { ...operator, request: { id: "r-1", kind, by: "ada", at: 1, reason: "because" } } });
  const paired = { bothHit: 780, onlyChallenger: 60, onlyChampion: 20, bothMiss: 140, bothFalse: 70, onlyChallengerFalse: 10, onlyChampionFalse: 10, bothRight: 8785 };
  const worse = { ...paired, onlyChallenger: 20, onlyChampion: 120 };
  return [
    observationOf(),
    observationOf({ policy: { mode: "compat" } }),
    observationOf({ policy: { monitoring: "continuous" } }),
    observationOf({ policy: { approval: { by: 1, notBy: [] } } }),
    observationOf({ policy: { watchMs: 259_200_000 } }),
    observationOf({ counts: { paired: pairedCells(paired) } }),
    observationOf({ counts: { paired: pairedCells(paired) }, look: 2 }),
    observationOf({ counts: { paired: pairedCells(worse) } }),
    observationOf({ counts: { errors: [8, 400] } }),
    observationOf({ counts: { live: [BETTER.live[0], 9000], labelled: [7900, 8890] } }),
    observationOf({ observation: { evidence: { available: false, code: "store_unavailable", detail: "503" } } }),
    observationOf({ observation: asked("reject") }),
    observationOf({ observation: asked("rollback") }),
    rampObservation({ day: 4 }),
    rampObservation({ day: 4, challenger: { accepted: [500, 1000] } }),
    rampObservation({ policy: { mode: "compat" }, day: 4 }),
    ratingObservation(),
    ratingObservation({ policy: { mode: "compat" } }),
    slotsObservation({ slots: [{ games: 200, wins: 60 }, { games: 200, wins: 140 }] }),
    slotsObservation({ slots: [{ games: 200, wins: 100 }, { games: 200, wins: 108 }] }),
    slotsObservation({ policy: { mode: "compat" }, slots: [{ games: 20, wins: 6 }, { games: 20, wins: 14 }] }),
  ];
}

/** One chain, whatever the models: each entry follows from the one before. */
function ledgerOf(all: readonly Observation[]): readonly LedgerEntry[] {
  const entries: LedgerEntry[] = [];
  for (const observation of all) {
    const decision = decide(observation.rollout.policy, observation);
    entries.push(sealEntry(entries.at(-1) ?? null, { chain: "golden", at: decision.at, event: { kind: "decision", observation, decision, plan: planFor(decision, observation) } }));
  }
  return entries;
}
