import { Failure, missedAdmission, type RampPolicy, type RegistryView, type Scores } from "@gauntlet/core";

import type { Store } from "./ports/store.ts";

interface Admitted {
  readonly policy: RampPolicy;
  readonly champion: string;
  readonly challenger: string;
  readonly registry: RegistryView;
}

/**
 * What a challenger must have shown before it meets anybody: scores of both versions' runs in the registry; of a ramp in an
 * experiment those of the newest completed offline replays, on the same data.
 * @throws Failure `conflict` that names every rule it misses.
 */
export async function requireAdmission(store: Pick<Store, "experiments">, admitted: Admitted): Promise<void> {
  const { policy, challenger } = admitted;
  const rules = policy.admission.offline;
  if (rules.length === 0) return;
  const missed = missedAdmission(rules, policy.experiment === null ? ofRuns(admitted) : await ofReplays(store, admitted));
  if (missed.length === 0) return;
  throw new Failure("conflict", `version ${challenger} of ${policy.model} is not admitted: ${missed.join("; ")}`, {
    problems: missed.map((detail) => ({ pointer: "/admission/offline", detail })),
    fix: policy.experiment === null ? "log the missing scores to the runs of the versions, or bring another challenger" : "record a completed offline replay of both versions on the same data, or bring another challenger",
  });
}

interface BothScores {
  readonly champion: Scores;
  readonly challenger: Scores;
}

function ofRuns({ registry, champion, challenger }: Admitted): BothScores {
  const scores = (version: string): Scores => registry.versions.find((known) => known.version === version)?.metrics ?? {};
  return { champion: scores(champion), challenger: scores(challenger) };
}

async function ofReplays({ experiments }: Pick<Store, "experiments">, { policy, champion, challenger }: Admitted): Promise<BothScores> {
  const replays = (version: string) => experiments.replays({ mlflowModelName: policy.model, mlflowModelVersion: version });
  const own = (await replays(challenger)).find(({ status }) => status === "completed");
  if (own === undefined) return { champion: {}, challenger: {} };
  if (own.baselineModelVersion !== null && own.baselineModelVersion !== champion) {
    throw new Failure("conflict", `the newest offline replay of version ${challenger} of ${policy.model} compares it with version ${own.baselineModelVersion}, and version ${champion} serves now`, { fix: "replay it against the version that serves" });
  }
  const theirs = (await replays(champion)).find(({ status, datasetVersion }) => status === "completed" && datasetVersion === own.datasetVersion);
  return { champion: named(theirs?.scores ?? {}), challenger: named(own.scores) };
}

/** A score is known under its name with and without `_score`; one that was not measured under neither. */
function named(scores: Readonly<Record<string, number | null>>): Scores {
  return Object.fromEntries(Object.entries(scores).flatMap(([name, score]) => (score === null ? [] : [[name, score] as const, [`${name}_score`, score] as const])));
}
