import { verdictReport, type VerdictReport } from "@gauntlet/contract";
import { Failure } from "@gauntlet/core";

import type { Services } from "../services.ts";
import { verdictView } from "../views/verdict.ts";
import type { Operation, RouteContext } from "./operation.ts";

/** Other rollout engines ask here, and keep their own hands on the traffic. */
export const verdictRoutes: readonly Operation[] = [
  {
    method: "GET",
    path: "/v1/models/:model/verdict",
    access: "read",
    summary: "Where the newest rollout stands, for Argo Rollouts' analysis, pipelines and scripts",
    query: { challenger: "the version it must be about; another is 409" },
    answer: { type: "application/json", schema: verdictReport },
    handle: async (c, services) => c.json(await reportOf(c, services)),
  },
  {
    method: "POST",
    path: "/v1/models/:model/gates/confirm-rollout",
    access: "read",
    summary: "Flagger's webhook of that type: 200 while the challenger is tested, 409 before and after; changes nothing",
    query: { challenger: "the version it must be about; another is 409" },
    answer: { type: "application/json", schema: verdictReport },
    // After its end, too, so that a version left standing in the URL of a later image promotes nothing.
    handle: (c, services) => gate(c, services, ({ outcome }) => outcome === "running"),
  },
  {
    method: "POST",
    path: "/v1/models/:model/gates/confirm-promotion",
    access: "read",
    summary: "Flagger's webhook of that type: 200 once the challenger is promoted, 409 before; changes nothing",
    query: { challenger: "the version it must be about; another is 409" },
    answer: { type: "application/json", schema: verdictReport },
    handle: (c, services) => gate(c, services, ({ outcome }) => outcome === "promoted"),
  },
  {
    method: "POST",
    path: "/v1/models/:model/gates/rollback",
    access: "read",
    summary: "Flagger's webhook of that type: 200 as soon as the challenger must go, 409 otherwise; changes nothing",
    query: { challenger: "the version it must be about; another is 409" },
    answer: { type: "application/json", schema: verdictReport },
    // A rollback is not waited for: whoever serves should do it at once.
    handle: (c, services) => gate(c, services, ({ outcome, verdict }) => outcome === "rolled_back" || outcome === "retained" || verdict === "rollback" || verdict === "retain"),
  },
];

function reportOf(c: RouteContext, { store }: Services): Promise<VerdictReport> {
  return verdictView(store, c.req.param("model") ?? "", c.req.query("challenger") ?? null);
}

async function gate(c: RouteContext, services: Services, isOpen: (report: VerdictReport) => boolean): Promise<Response> {
  const report = await reportOf(c, services);
  if (isOpen(report)) return c.json(report);
  throw new Failure("conflict", `not now: version ${report.challenger} of ${report.model} is ${report.verdict === null ? "not decided on yet" : `at ${report.verdict} (${report.reason})`}`, { fix: "ask again later" });
}
