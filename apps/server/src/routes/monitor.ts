import { baselinesQuery, baselinesReport, monitorDetail, monitorList, participantAct, participantReport, paths, type ParticipantAct } from "@gauntlet/contract";
import { checkParticipant, compareWithBaselines, type ParticipantCheck } from "@gauntlet/controller";
import { parseRational } from "@gauntlet/core";

import { wholeNumber } from "../http/query.ts";
import { parseAs } from "../http/read-body.ts";
import { write } from "../http/write.ts";
import { baselinesReportView, monitorDetailView, monitorListView, participantReportView } from "../views/monitor.ts";
import type { Operation, RouteContext } from "./operation.ts";

const CHECKS = { usual: 200, max: 1000 } as const;

export const monitorRoutes: readonly Operation[] = [
  {
    method: "GET",
    path: paths.monitor,
    access: "read",
    summary: "What is watched after its promotion, and what was asked about by hand",
    answer: { type: "application/json", schema: monitorList },
    handle: async (c, { store, controller, hooks }) => c.json(await monitorListView({ store, now: controller.clock.now() }, hooks)),
  },
  {
    method: "GET",
    path: "/v1/monitor/subjects/:subject",
    access: "read",
    summary: "One that is watched: its checks with what was read, and what hooks were told",
    query: { limit: `checks and deliveries, ${CHECKS.usual} by default, at most ${CHECKS.max}` },
    answer: { type: "application/json", schema: monitorDetail },
    handle: async (c, { store, controller }) => c.json(await monitorDetailView({ store, now: controller.clock.now() }, c.req.param("subject") ?? "", wholeNumber(c, "limit", { fallback: CHECKS.usual, min: 1, max: CHECKS.max }))),
  },
  {
    method: "POST",
    path: paths.monitorChecks,
    access: "operator",
    summary: "Asks whether a participant of the matches became worse; remembered, counted again only with new matches, and never a rollback by itself",
    body: participantAct,
    idempotencyKey: true,
    answer: { type: "application/json", schema: participantReport },
    handle: async (c, services) =>
      write({ c, services, schema: participantAct, name: "check-regression", status: 200 }, async (body) => {
        const { store, controller, hooks, matches } = services;
        const check = participantCheckOf(body);
        const result = await checkParticipant({ monitor: store.monitor, clock: controller.clock, hooks: [...hooks.values()], ledger: await matches() }, check);
        return participantReportView(check, result, controller.clock.now());
      }),
  },
  {
    method: "GET",
    path: paths.monitorBaselines,
    access: "read",
    summary: "A participant of the matches against several that served before",
    query: { participant: "whose matches", board: "square8 by default", numPlayers: "2 by default", baseline: "id of a participant; repeated for several", threshold: "Elo points, −30 by default", mode: "compat (by default) or strict" },
    answer: { type: "application/json", schema: baselinesReport },
    handle: async (c, { matches }) => {
      const asked = baselinesAsked(c);
      return c.json(baselinesReportView(asked.participant, await compareWithBaselines(await matches(), asked)));
    },
  },
];

function baselinesAsked(c: RouteContext) {
  const given = (name: string) => c.req.query(name);
  const [numPlayers, threshold] = [given("numPlayers"), given("threshold")];
  return parseAs(baselinesQuery, {
    participant: given("participant"),
    board: given("board"),
    mode: given("mode"),
    baselines: c.req.queries("baseline") ?? [],
    ...(numPlayers === undefined ? {} : { numPlayers: Number(numPlayers) }),
    ...(threshold === undefined ? {} : { threshold: Number(threshold) }),
  });
}

/** The rules of the reference: a window of an hour, three in a row, two of five points. */
export function participantCheckOf({ participant, board, numPlayers, mode, previous, baselineElo, threshold, minGames }: ParticipantAct): ParticipantCheck {
  return {
    participant,
    board,
    numPlayers,
    mode,
    previous,
    baselineElo,
    rules: {
      mode: "notify",
      watchMs: null,
      everyMs: 0,
      windowMs: 3_600_000,
      consecutive: 3,
      minSamples: minGames,
      alpha: { parts: 1, of: 100 },
      severeTimes: { parts: 2, of: 1 },
      rating: { dropMax: parseRational(-threshold), winRateMin: { parts: 2, of: 5 }, adaptive: false },
      cooldownMs: 0,
      perDayMax: null,
      escalation: false,
    },
  };
}
