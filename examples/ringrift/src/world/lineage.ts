import { isoTime, sha256 } from "@gauntlet/core";
import { nameInRound, registerVersion, type Registered } from "@gauntlet/example-shared";
import { DIGEST_TAG, type RunningServer } from "@gauntlet/server";
import { readFileSync } from "node:fs";

import { writeVersion } from "../player/version.ts";
import type { TrainedContestant } from "./contestants.ts";

export const MODES = ["strict", "compat"] as const;
export type Mode = (typeof MODES)[number];

/** What a version is asked to become: a file of policies/. */
export type PromotionType = "staging" | "production" | "tier" | "champion";

/** One model a mode: the same versions, judged by other rules. */
export interface Lineage {
  readonly mode: Mode;
  readonly model: string;
  /** By participant. */
  readonly versions: Map<string, Registered>;
}

export function openLineage(mode: Mode, round: number): Lineage {
  return { mode, model: modelName(mode, round), versions: new Map() };
}

/** Each round has models of its own: what was earned in one is not undone for the next. */
export function modelName(mode: Mode, round: number): string {
  return nameInRound(`ringrift-${mode}`, round);
}

/** Registers what a training run made; its matches are known by the participant's name. */
export async function addVersion({ model, versions }: Lineage, contestant: TrainedContestant, { server, at }: { readonly server: RunningServer; readonly at: number }): Promise<Registered> {
  const { participant, version, valueMse } = contestant;
  const artifact = writeVersion(version);
  const registered = await registerVersion(server.composition.mlflow, {
    model,
    about: "Plays ringhold",
    experiment: "ringrift world",
    name: participant,
    at,
    runTags: {},
    metrics: { value_mse: valueMse, nodes: version.nodes },
    params: { weights: version.weights.join(" ") },
    files: { "player.json": new TextEncoder().encode(artifact) },
    versionTags: { [DIGEST_TAG]: `sha256:${sha256(artifact)}`, participant, trained_at: isoTime(at) },
  });
  versions.set(participant, registered);
  return registered;
}

export function policyText(type: PromotionType, { mode, model }: Lineage): string {
  const file = readFileSync(new URL(`../../policies/${type}.yaml`, import.meta.url), "utf8");
  return file.replace(/^model: .*$/m, `model: ${model}`).replace(/^mode: .*$/m, `mode: ${mode}`);
}
