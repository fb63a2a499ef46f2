import type { AssignmentRequest, Assignments as Given, BulkEvaluation, Evaluation } from "@gauntlet/contract";
import { paths } from "@gauntlet/contract/paths";

import type { CallOptions, Connection } from "./connection.ts";
import { ask } from "./read.ts";
import type { Sent } from "./sent.ts";

export interface Assignments {
  /** What a unit is given under a flag, which is an experiment or a model (OFREP). @throws Failure `not_found` */
  evaluate(flag: string, unit: string, options?: CallOptions): Promise<Evaluation>;
  /** The same under every flag that there is. */
  evaluateAll(unit: string, options?: CallOptions): Promise<BulkEvaluation["flags"]>;
  /** The variants of a unit in each of the experiments named, and why not. */
  assign(request: Sent<AssignmentRequest>, options?: CallOptions): Promise<Given>;
}

export function assignments(server: Connection): Assignments {
  return {
    evaluate: (flag, unit, options) => ask(server, { path: paths.evaluate(flag), body: { context: { targetingKey: unit } }, options }),
    evaluateAll: async (unit, options) => (await ask<BulkEvaluation>(server, { path: paths.evaluateAll, body: { context: { targetingKey: unit } }, options })).flags,
    assign: (body, options) => ask(server, { path: paths.assignments, body, options }),
  };
}
