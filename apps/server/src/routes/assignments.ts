import { assignmentRequest, assignments, paths, type Assignment, type SkippedExperiment } from "@gauntlet/contract";
import { Failure } from "@gauntlet/core";

import type { FlagSnapshot } from "../assignment/flag-table.ts";
import { CLIENT_MAX_AGE_S } from "../assignment/flag-table.ts";
import { unitProblem } from "../assignment/give.ts";
import { measured } from "../assignment/measured.ts";
import { parseAs, parseJson, readText } from "../http/read-body.ts";
import type { Services } from "../services.ts";
import type { Operation, RouteContext } from "./operation.ts";

const BODY_MAX = 100_000;

export const assignmentRoutes: readonly Operation[] = [
  {
    method: "POST",
    path: paths.assignments,
    access: "read",
    summary: "The planner's assignment service: the variant of a unit in each of the experiments named",
    body: assignmentRequest,
    answer: { type: "application/json", schema: assignments },
    handle: measured(assign),
  },
];

async function assign(c: RouteContext, services: Services): Promise<Response> {
  const { unit_type: type, unit_id: id, requested_experiments: names } = parseAs(assignmentRequest, parseJson(await readText(c, BODY_MAX)));
  const problem = unitProblem(id);
  if (problem !== null) throw new Failure("invalid_input", `unit_id ${problem}`, { problems: [{ pointer: "/unit_id", detail: problem }], fix: "send the id of the unit as it is known elsewhere" });
  const { limits, table } = services.flags;
  if (!limits.assignmentsPerUnit.take(`${type} ${id}`) || !limits.assignmentsPerToken.take(c.get("principal")?.tokenId ?? "")) {
    throw new Failure("rate_limited", "too many assignments within a minute", { fix: "keep what a unit was given for as long as Cache-Control says" });
  }
  const snapshot = await table.current();
  const given: Assignment[] = [];
  const skipped: SkippedExperiment[] = [];
  for (const name of new Set(names)) {
    const answer = await answerFor(services, snapshot, { name, type, id });
    if ("reason" in answer) skipped.push(answer);
    else given.push(answer);
  }
  c.header("cache-control", `private, max-age=${CLIENT_MAX_AGE_S}`);
  return c.json({ assignments: given, skipped_experiments: skipped });
}

async function answerFor(services: Services, { flags }: FlagSnapshot, asked: { readonly name: string; readonly type: string; readonly id: string }): Promise<Assignment | SkippedExperiment> {
  const flag = flags.get(asked.name);
  if (flag === undefined || flag.experiment === null) return { experiment_name: asked.name, reason: "not_found" };
  if (flag.problem !== null) {
    services.log({ level: "error", message: `the experiment "${flag.key}" can't be given: ${flag.problem}` });
    return { experiment_name: flag.key, reason: "not_active" };
  }
  const variant = await services.flags.give(flag, asked);
  if (variant === null) return { experiment_name: flag.key, reason: "not_active" };
  return {
    experiment_id: flag.experiment.id,
    experiment_name: flag.key,
    variant_id: variant.id ?? "",
    variant_name: variant.name,
    config: variant.config === null ? null : { ...variant.config },
    ...(variant.config === null ? { config_error: variant.configError ?? "the stored config is invalid" } : {}),
  };
}
