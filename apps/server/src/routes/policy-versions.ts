import { newPolicyVersion, newReplay, policyVersion, policyVersionList, REPLAY_MAX, replayAnswer, replayList } from "@gauntlet/contract";
import { recordReplay, unknownPolicyVersion } from "@gauntlet/controller";
import { digestOf, Failure, nameProblem, randomStream, uuidFrom, uuidOf } from "@gauntlet/core";
import { z } from "zod";

import { write } from "../http/write.ts";
import type { Operation } from "./operation.ts";

const nothing = z.strictObject({}).meta({ id: "Nothing" });

export const policyVersionRoutes: readonly Operation[] = [
  {
    method: "GET",
    path: "/v1/policy-versions",
    access: "read",
    summary: "Versions of policies: which model version each runs, with which defaults",
    query: { model: "of this registered model", policy: "of this policy" },
    answer: { type: "application/json", schema: policyVersionList },
    handle: async (c, { store }) => {
      const { model, policy } = c.req.query();
      return c.json({ policyVersions: await store.experiments.policyVersions({ ...(model === undefined ? {} : { mlflowModelName: model }), ...(policy === undefined ? {} : { policyName: policy }) }) });
    },
  },
  {
    method: "POST",
    path: "/v1/policy-versions",
    access: "operator",
    summary: "Adds the next version of a policy, which is made when it is new",
    body: newPolicyVersion,
    idempotencyKey: true,
    answer: { type: "application/json", schema: policyVersion, status: 201 },
    handle: (c, services) => write({ c, services, schema: newPolicyVersion, name: "policy-versions", status: 201 }, (body, { idempotencyKey }) => {
      const problem = nameProblem(body.policyName);
      if (problem !== null) throw new Failure("invalid_input", problem, { fix: "name a policy like planner" });
      const id = body.id === undefined ? uuidFrom(digestOf(["policy version", idempotencyKey, body])) : uuidOf(body.id);
      if (id === null) throw new Failure("invalid_input", `the id "${body.id ?? ""}" is not a UUID`, { fix: "leave it out, or give a UUID" });
      const { policyName, mlflowModelName, mlflowModelVersion, configDefaults = {} } = body;
      return services.store.experiments.addPolicyVersion({ id, policyId: uuidFrom(digestOf(["policy", policyName])), policyName, mlflowModelName, mlflowModelVersion, configDefaults, status: "active", createdAt: services.controller.clock.now() });
    }),
  },
  {
    method: "POST",
    path: "/v1/policy-versions/:version/default",
    access: "operator",
    summary: "Makes it the version that its policy runs where no experiment says otherwise",
    body: nothing,
    idempotencyKey: true,
    answer: { type: "application/json", schema: policyVersion },
    handle: (c, services) => {
      const id = c.req.param("version") ?? "";
      return write({ c, services, schema: nothing, name: `policy-versions ${id} default`, status: 200 }, async () => {
        if ((await services.store.experiments.policyVersion(id)) === null) throw unknownPolicyVersion(id);
        await services.store.experiments.updatePolicyVersions([{ id, isDefault: true }]);
        return services.store.experiments.policyVersion(id);
      });
    },
  },
  {
    method: "GET",
    path: "/v1/replays",
    access: "read",
    summary: "Offline replays of a model, newest first",
    query: { model: "the registered model; required", version: "of this version" },
    answer: { type: "application/json", schema: replayList },
    handle: async (c, { store }) => {
      const { model, version } = c.req.query();
      if (model === undefined) throw new Failure("invalid_input", "the model is missing", { fix: "ask for ?model=<registered model>" });
      return c.json({ replays: await store.experiments.replays({ mlflowModelName: model, ...(version === undefined ? {} : { mlflowModelVersion: version }) }) });
    },
  },
  {
    method: "POST",
    path: "/v1/replays",
    access: "operator",
    summary: "Judges a replay over recorded cases; a version that passes is a candidate from then on",
    body: newReplay,
    idempotencyKey: true,
    answer: { type: "application/json", schema: replayAnswer, status: 201 },
    handle: (c, services) => write({ c, services, schema: newReplay, name: "replays", status: 201, bytesMax: REPLAY_MAX.bytes }, async (body, { idempotencyKey }) => {
      const { policyVersionId = null, mlflowRunId = null, trainingWindow = null, dataset, ...rest } = body;
      if (policyVersionId !== null && (await services.store.experiments.policyVersion(policyVersionId)) === null) throw unknownPolicyVersion(policyVersionId);
      const id = uuidFrom(digestOf(["replay", idempotencyKey]));
      const { replay, judgement } = await recordReplay(services.controller, { ...rest, id, policyVersionId, mlflowRunId, trainingWindow, dataset: { version: dataset.version, window: dataset.window ?? null }, random: randomStream(Number.parseInt(id.slice(0, 8), 16), 0) });
      return { replay, ...judgement };
    }),
  },
];
