import { verdictReport, type VerdictReport } from "@gauntlet/contract";
import { Failure } from "@gauntlet/core";

import type { Services } from "../services.ts";
import { verdictView } from "../views/verdict.ts";
import type { Operation, RouteContext } from "./operation.ts";

const CHALLENGER = { challenger: "the version it must be about; another is 409" };

/** Other rollout engines ask here, and keep their own hands on the traffic. */
export const verdictRoutes: readonly Operation[] = [
  {
    method: "GET",
    path: "/v1/models/:model/verdict",
    access: "read",
    summary: "Where the newest rollout stands, for Argo Rollouts' analysis, pipelines and scripts",
    query: CHALLENGER,
    answer: { type: "application/json", schema: verdictReport },
    handle: async (c, services) => c.json(await reportOf(c, services)),
  },
  // Shut after its end, too, so that a version left standing in the URL of a later image promotes nothing.
  gateOf("confirm-rollout", "200 while the challenger is tested, 409 before and after", ({ outcome }) => outcome === "running"),
  gateOf("confirm-promotion", "200 once the challenger is promoted, 409 before", ({ outcome }) => outcome === "promoted"),
  // A rollback is not waited for: whoever serves should do it at once.
  gateOf("rollback", "200 as soon as the challenger must go, 409 otherwise", ({ outcome, verdict }) => outcome === "rolled_back" || outcome === "retained" || verdict === "rollback" || verdict === "retain"),
];

function reportOf(c: RouteContext, { store }: Services): Promise<VerdictReport> {
  return verdictView(store, c.req.param("model") ?? "", c.req.query("challenger") ?? null);
}

/** One of Flagger's webhooks, by its type: it goes on at 200 alone. */
function gateOf(type: "confirm-rollout" | "confirm-promotion" | "rollback", says: string, isOpen: (report: VerdictReport) => boolean): Operation {
  return {
    method: "POST",
    path: `/v1/models/:model/gates/${type}`,
    access: "read",
    summary: `Flagger's webhook of that type: ${says}; changes nothing`,
    query: CHALLENGER,
    answer: { type: "application/json", schema: verdictReport },
    handle: async (c, services) => {
      const report = await reportOf(c, services);
      if (isOpen(report)) return c.json(report);
      throw shut(report);
    },
  };
}

function shut({ model, challenger, verdict, reason, outcome }: VerdictReport): Failure {
  const fix = outcome === "running" ? "ask again later" : `its rollout ended (${outcome}): a new one, or a rollback, changes the answer`;
  return new Failure("conflict", `not now: version ${challenger} of ${model} is ${verdict === null ? "not decided on yet" : `at ${verdict} (${reason})`}`, { fix });
}
