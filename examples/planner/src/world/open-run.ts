import { sha256, uuidFrom } from "@gauntlet/core";
import { nameInRound, type Api, type Registered } from "@gauntlet/example-shared";
import type { RunningServer } from "@gauntlet/server";
import { readFileSync } from "node:fs";

import { eventQueue, type EventQueue } from "../events/event-queue.ts";
import { planningService, type PlanningService } from "../planner/serve-plan.ts";
import { replayVersion } from "../replays/replay-version.ts";
import { meanScores, type ReplayScores } from "../replays/scores.ts";
import type { VersionTruth } from "../truth/truth.ts";
import type { MadeWorld } from "./make-world.ts";
import { register } from "./register.ts";
import { runName, type RunPlan } from "./runs.ts";

/** A run that has begun. */
export interface OpenRun {
  readonly plan: RunPlan;
  /** Eight hexadecimal digits, in the ids of its events. */
  readonly id: string;
  readonly model: string;
  readonly experiment: string;
  /** What plans, by the policy version that a variant's config names. */
  readonly versions: ReadonlyMap<string, VersionTruth>;
  readonly service: PlanningService;
  readonly queue: EventQueue;
  /** Folder of the challenger's registry run, below the artifact folder; the documents are written there. */
  readonly folder: string;
}

interface OpenRequest {
  readonly server: RunningServer;
  readonly api: Api;
  readonly world: MadeWorld;
  readonly at: number;
  /** 1 for the first time on a data directory. */
  readonly round: number;
}

/** A version that is known to registry and experiments. */
interface Candidate {
  readonly truth: VersionTruth;
  readonly registered: Registered;
  readonly policyVersionId: string;
  readonly cases: readonly ReplayScores[];
}

/**
 * The whole way of a version to its first household: registered, replayed offline against the version that serves, added to
 * the experiment as a candidate without a share, and then the rollout, which gives it one.
 */
export async function openRun(plan: RunPlan, request: OpenRequest): Promise<OpenRun> {
  const { server, api, world, round } = request;
  const model = modelName(plan, round);
  const experiment = `${model}_exp`;
  const baseline = await addVersion("baseline", model, request);
  await server.composition.controller.registry.setAlias(model, "champion", baseline.registered.version);
  const challenger = await addVersion(plan.challenger, model, request);
  await replay(api, model, { candidate: baseline, baseline: null });
  await replay(api, model, { candidate: challenger, baseline });
  await openExperiment(api, { model, experiment, baseline, challenger, withControl: plan.mode === "strict" });
  await api.rollouts.start(model, { policy: policyText(plan, { model, experiment }), challenger: challenger.registered.version }, { key: `start:${model}` });
  await server.tick(model);
  return {
    plan,
    id: sha256(model).slice(0, 8),
    model,
    experiment,
    versions: new Map([baseline, challenger].map(({ policyVersionId, truth }) => [policyVersionId, truth])),
    service: planningService(world.truth, world.planner),
    queue: eventQueue(),
    folder: challenger.registered.folder,
  };
}

/** Each round has models of its own: what was earned in one is not undone for the next. */
export function modelName(plan: RunPlan, round: number): string {
  return nameInRound(`planner-${runName(plan)}`, round);
}

async function addVersion(name: string, model: string, { server, api, world, at }: OpenRequest): Promise<Candidate> {
  const truth = world.truth.versions[name];
  if (truth === undefined) throw new Error(`world.yaml has no version ${name}`);
  const cases = replayVersion(world.cases, truth, world);
  const registered = await register(server.composition.mlflow, model, { name, truth, scores: meanScores(cases), at });
  const id = uuidFrom(sha256(`policy version ${model} ${name}`));
  const { id: policyVersionId } = await api.policyVersions.create({ id, policyName: `${model}_policy`, mlflowModelName: model, mlflowModelVersion: registered.version }, { key: `policy-version:${model}:${name}` });
  return { truth, registered, policyVersionId, cases };
}

/** The server judges the recorded weeks, case by case. What serves already is compared with nothing, and judges others. */
async function replay(api: Api, model: string, { candidate, baseline }: { readonly candidate: Candidate; readonly baseline: Candidate | null }): Promise<void> {
  const { registered, policyVersionId } = candidate;
  const answer = await api.policyVersions.replay(
    {
      mlflowModelName: model,
      mlflowModelVersion: registered.version,
      policyVersionId,
      mlflowRunId: registered.runId,
      dataset: { version: "weeks-2026-08" },
      baselineModelVersion: baseline?.registered.version ?? null,
      cases: candidate.cases.map((scores, i) => ({ candidate: scores, baseline: baseline?.cases[i] ?? null })),
    },
    { key: `replay:${model}:${registered.version}` },
  );
  if (baseline !== null && !answer.passed) throw new Error(`version ${registered.version} of ${model} did not pass its replay: ${answer.replay.errorMessage ?? ""}`);
}

interface NewExperiment {
  readonly model: string;
  readonly experiment: string;
  readonly baseline: Candidate;
  readonly challenger: Candidate;
  readonly withControl: boolean;
}

async function openExperiment(api: Api, { model, experiment, baseline, challenger, withControl }: NewExperiment): Promise<void> {
  const control = { name: "control", role: "baseline", basisPoints: 10_000, config: { execution_strategy: "mlflow_model", mlflow_model: { policy_version_id: baseline.policyVersionId } } } as const;
  // The id is the seed of its buckets: given, so that the same households meet the challenger again.
  const id = uuidFrom(sha256(`experiment ${experiment}`));
  const made = await api.experiments.create({ id, name: experiment, unitType: "household", model, variants: [control] }, { key: `experiment:${experiment}` });
  const active = await api.experiments.act(experiment, { verb: "activate", expectedEpoch: made.experiment.epoch, reason: "the service opens" }, { key: `activate:${experiment}` });
  const candidate = { verb: "candidates", expectedEpoch: active.experiment.epoch, reason: "passed its replay", policyVersionId: challenger.policyVersionId, initialBasisPoints: 0, control: withControl } as const;
  await api.experiments.act(experiment, candidate, { key: `candidate:${experiment}` });
}

function policyText({ mode }: RunPlan, names: { readonly model: string; readonly experiment: string }): string {
  const file = readFileSync(new URL(`../../policies/${mode}.yaml`, import.meta.url), "utf8");
  return file.replace(/^model: .*$/m, `model: ${names.model}`).replace(/^experiment: .*$/m, `experiment: ${names.experiment}`);
}
