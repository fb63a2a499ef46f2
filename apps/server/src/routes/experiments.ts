import { experimentActs, experimentJournal, experimentList, experimentMetrics, experimentView, newExperiment, type ExperimentVerb } from "@gauntlet/contract";
import {
  activateExperiment, addExperimentCandidate, allocateByHand, completeExperiment, createExperiment, pauseExperiment, promoteCandidate, retireVariant, rollbackCandidate, stepCandidate, unknownExperiment, type ExperimentAct, type ExperimentController,
} from "@gauntlet/controller";
import { Failure, type ExperimentView } from "@gauntlet/core";
import type { z } from "zod";

import { deliverQuietly } from "../loop/experiment-chores.ts";
import { write } from "../http/write.ts";
import type { Services } from "../services.ts";
import type { Operation, RouteContext } from "./operation.ts";

export const experimentRoutes: readonly Operation[] = [
  {
    method: "GET",
    path: "/v1/experiments",
    access: "read",
    summary: "Every experiment with its variants",
    answer: { type: "application/json", schema: experimentList },
    handle: async (c, { store }) => c.json({ experiments: await store.experiments.list() }),
  },
  {
    method: "POST",
    path: "/v1/experiments",
    access: "operator",
    summary: "Makes a draft of an experiment; nobody is split by it before it is activated",
    body: newExperiment,
    idempotencyKey: true,
    answer: { type: "application/json", schema: experimentView, status: 201 },
    handle: (c, services) => write({ c, services, schema: newExperiment, name: "experiments", status: 201 }, ({ id, description = null, model = null, startAt = null, endAt = null, variants, ...rest }, { actor, idempotencyKey }) =>
      createExperiment(services.controller, {
        ...rest, ...(id === undefined ? {} : { id }), description, model, startAt, endAt, actor, idempotencyKey,
        variants: variants.map((variant) => ({ ...variant, description: variant.description ?? null })),
      })),
  },
  {
    method: "GET",
    path: "/v1/experiments/:experiment",
    access: "read",
    summary: "One experiment with its variants, archived ones too, by id or name",
    answer: { type: "application/json", schema: experimentView },
    handle: async (c, services) => c.json(await named(c, services)),
  },
  {
    method: "GET",
    path: "/v1/experiments/:experiment/journal",
    access: "read",
    summary: "Every change of an experiment, oldest first",
    answer: { type: "application/json", schema: experimentJournal },
    handle: async (c, services) => c.json({ changes: await services.store.experiments.journal((await named(c, services)).experiment.id) }),
  },
  {
    method: "GET",
    path: "/v1/experiments/:experiment/metrics",
    access: "read",
    summary: "Metrics of each variant by hour or by day",
    query: { bucket: "hourly or daily", from: "start of the first bucket, milliseconds since the Unix epoch", to: "before this" },
    answer: { type: "application/json", schema: experimentMetrics },
    handle: metrics,
  },
  act({ verb: "activate", schema: experimentActs.activate, summary: "Units are split from now on; configs are frozen" }, activateExperiment),
  act({ verb: "pause", schema: experimentActs.pause, summary: "Nobody new is assigned" }, pauseExperiment),
  act({ verb: "complete", schema: experimentActs.complete, summary: "Nobody gets a variant any more; clients fall back on the default of the policy" }, completeExperiment),
  act({ verb: "candidates", schema: experimentActs.candidates, summary: "Adds the candidate of a policy version that passed its offline replay, with at most 10 %" }, (controller, { params = {}, control = false, ...rest }) => addExperimentCandidate(controller, { ...rest, params, control })),
  act({ verb: "step", schema: experimentActs.step, summary: "Takes a candidate to its next rung where no rollout moves it" }, stepCandidate),
  act({ verb: "promote", schema: experimentActs.promote, summary: "Gives a candidate everything where no rollout moves it" }, promoteCandidate),
  act({ verb: "rollback", schema: experimentActs.rollback, summary: "Gives what a candidate has back to whom it came from, in any state" }, rollbackCandidate),
  act({ verb: "retire", schema: experimentActs.retire, summary: "Archives a variant that owned nothing for 14 days" }, retireVariant),
  act({ verb: "allocate", schema: experimentActs.allocate, summary: "Sets shares by hand; a candidate can only be lowered so" }, allocateByHand),
];

interface Act<T extends z.ZodType> {
  readonly verb: ExperimentVerb;
  readonly schema: T;
  readonly summary: string;
}

/** What the route knows beside the body. */
type Call = Pick<ExperimentAct, "experiment" | "actor" | "idempotencyKey">;

function act<T extends z.ZodType<object>>({ verb, schema, summary }: Act<T>, change: (controller: ExperimentController, request: z.output<T> & Call) => Promise<ExperimentView>): Operation {
  return {
    method: "POST",
    path: `/v1/experiments/:experiment/${verb}`,
    access: "operator",
    summary,
    body: schema,
    idempotencyKey: true,
    answer: { type: "application/json", schema: experimentView },
    handle: async (c, services) => {
      const experiment = c.req.param("experiment") ?? "";
      const answer = await write({ c, services, schema, name: `experiments ${experiment} ${verb}`, status: 200 }, (body, call) => change(services.controller, { ...body, ...call, experiment }));
      await deliverQuietly(services);
      return answer;
    },
  };
}

async function named(c: RouteContext, { store }: Pick<Services, "store">): Promise<ExperimentView> {
  const name = c.req.param("experiment") ?? "";
  const view = await store.experiments.find(name);
  if (view === null) throw unknownExperiment(name);
  return view;
}

async function metrics(c: RouteContext, services: Services): Promise<Response> {
  const { experiment } = await named(c, services);
  const bucketType = c.req.query("bucket") ?? "hourly";
  if (bucketType !== "hourly" && bucketType !== "daily") throw new Failure("invalid_input", `"${bucketType.slice(0, 100)}" is no bucket`, { fix: "ask for hourly or daily" });
  const from = instantOf(c, "from", 0);
  const to = instantOf(c, "to", services.controller.clock.now());
  return c.json({ aggregates: await services.store.experiments.aggregates({ experimentId: experiment.id, bucketType, from, to }) });
}

function instantOf(c: RouteContext, name: string, otherwise: number): number {
  const text = c.req.query(name);
  if (text === undefined) return otherwise;
  if (!/^\d{1,15}$/.test(text)) throw new Failure("invalid_input", `"${name}" is not a time`, { fix: "give milliseconds since the Unix epoch" });
  return Number(text);
}
