import { acted, approveAct, modelSummary, operatorAct, startRollout as startBody, parsePolicy, type OperatorVerb } from "@gauntlet/contract";
import { approve, hold, request, resume, startRollout } from "@gauntlet/controller";
import { Failure, type ModelState } from "@gauntlet/core";
import type { z } from "zod";

import { once, requireKey } from "../http/idempotent.ts";
import { parseAs, parseJson, readText } from "../http/read-body.ts";
import type { Services } from "../services.ts";
import { requireOnTarget } from "../targets/policy-on-target.ts";
import { modelDetailView } from "../views/model-detail.ts";
import type { Operation, RouteContext } from "./operation.ts";

const BYTES_MAX = 200_000;
/** How long an answer waits for the tick that follows it. The tick goes on by itself. */
const TICK_WAIT_MS = 2000;

interface Call<T> {
  readonly model: string;
  readonly by: string;
  readonly body: T;
}

type Act<T> = (services: Services, call: Call<T>) => Promise<ModelState>;

const asks = (kind: "promote" | "reject" | "rollback"): Act<{ reason: string }> => ({ controller }, { model, by, body }) => request(controller, model, { kind, by, reason: body.reason });

export const operatorRoutes: readonly Operation[] = [
  operation("rollouts", "Begins a rollout of a challenger under a policy", { body: startBody, act: start }),
  {
    method: "POST",
    path: "/v1/models/:model/tick",
    access: "operator",
    summary: "Decides now instead of at the loop's next turn; answers where the model stands then",
    answer: { type: "application/json", schema: modelSummary },
    handle: tickNow,
  },
  verb("approve", "Signs the newest decision and its evidence", { body: approveAct, act: ({ controller }, { model, by, body }) => approve(controller, model, { by, ...body }) }),
  verb("hold", "Nothing is promoted until it is resumed; harm still rolls back", { body: operatorAct, act: ({ controller }, { model, by, body }) => hold(controller, model, { by, reason: body.reason }) }),
  verb("resume", "Ends a hold", { body: operatorAct, act: ({ controller }, { model, by, body }) => resume(controller, model, { by, reason: body.reason }) }),
  verb("reject", "Ends the rollout; the champion stays", { body: operatorAct, act: asks("reject") }),
  verb("promote", "Promotes the challenger on a person's word", { body: operatorAct, act: asks("promote") }),
  verb("rollback", "Restores what served before, with no minimum of data", { body: operatorAct, act: asks("rollback") }),
];

function start({ controller, config }: Services, { model, by, body }: Call<z.output<typeof startBody>>): Promise<ModelState> {
  const policy = parsePolicy(body.policy, "the policy");
  if (policy.model !== model) throw new Failure("invalid_input", `the policy is for ${policy.model}, not for ${model}`, { fix: `POST it to /v1/models/${policy.model}/rollouts` });
  requireOnTarget({ policy, text: body.policy, source: "the policy" }, config.targets);
  return startRollout(controller, { policy, challenger: body.challenger ?? null, by });
}

/** What differs from route to route. */
interface Part<T extends z.ZodType> {
  readonly body: T;
  readonly act: Act<z.output<T>>;
}

async function tickNow(c: RouteContext, { loop, controller, config }: Services): Promise<Response> {
  const model = c.req.param("model") ?? "";
  // Asked first: a tick would make a lease for a name that nobody knows.
  await modelDetailView(controller, model, config.targets);
  await loop.tick(model);
  return c.json((await modelDetailView(controller, model, config.targets)).summary);
}

/** Named as the contract names it. */
function verb<T extends z.ZodType>(name: OperatorVerb, summary: string, part: Part<T>): Operation {
  return operation(name, summary, part);
}

function operation<T extends z.ZodType>(name: string, summary: string, part: Part<T>): Operation {
  return {
    method: "POST",
    path: `/v1/models/:model/${name}`,
    access: "operator",
    summary,
    body: part.body,
    idempotencyKey: true,
    answer: { type: "application/json", schema: acted },
    handle: (c, services) => handle(c, services, { name, ...part }),
  };
}

async function handle<T extends z.ZodType>(c: RouteContext, services: Services, route: Part<T> & { readonly name: string }): Promise<Response> {
  const principal = c.get("principal");
  if (principal === null) throw new Failure("unauthorized", "this call needs a token", { fix: "send `Authorization: Bearer <token>`" });
  await services.guard.requireSound();
  const model = c.req.param("model") ?? "";
  const key = requireKey(c.req.header("idempotency-key"));
  const payload = await readText(c, BYTES_MAX);
  const body = parseAs(route.body, parseJson(payload));
  const scope = JSON.stringify([principal.tokenId, "POST", route.name, model]);
  const answer = await once({ store: services.store.idempotency, key, scope, payload, now: Date.now() }, async () => {
    const state = await route.act(services, { model, by: principal.name, body });
    services.log({ level: "info", message: `${route.name} by ${principal.name}`, fields: { model, seq: state.seq } });
    return { status: 200, body: JSON.stringify({ model, seq: state.seq, hash: state.hash }) };
  });
  services.events.nudge();
  await tickSoon(services, model);
  return new Response(answer.body, { status: answer.status, headers: { "content-type": "application/json" } });
}

/** The act is recorded whatever the tick comes to; its failure is in the log, and the loop tries again. */
async function tickSoon({ loop }: Services, model: string): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const waited = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, TICK_WAIT_MS);
  });
  await Promise.race([waited, loop.tick(model).catch(() => undefined)]);
  clearTimeout(timer);
}
