import { conflictPage, matchDetail, matchPage, paths, purgeMatch, ratingConfigs, ratingLadderPage, ratingMatrix, RATINGS_MAX, ratingTrajectories, resolveMatch } from "@gauntlet/contract";
import type { MatchLedger } from "@gauntlet/controller";
import { Failure, nearest } from "@gauntlet/core";

import { wholeNumber } from "../http/query.ts";
import { write } from "../http/write.ts";
import type { Services } from "../services.ts";
import { conflictsView, detailOf, matchDetailView } from "../views/ratings-conflicts.ts";
import { configsView } from "../views/ratings-configs.ts";
import { ladderView } from "../views/ratings-ladder.ts";
import { matchesView } from "../views/ratings-matches.ts";
import { matrixView } from "../views/ratings-matrix.ts";
import { trajectoriesView } from "../views/ratings-trajectories.ts";
import type { Operation, RouteContext } from "./operation.ts";

const LIMITS = { ladder: 100, matrix: 12, cuts: 20, matches: 50, conflicts: 20 } as const;
const PARTICIPANT = "id of a participant; repeated for several";

export const ratingRoutes: readonly Operation[] = [
  {
    method: "GET",
    path: paths.ratings,
    access: "read",
    summary: "What this node holds of matches, by board and number of players",
    answer: { type: "application/json", schema: ratingConfigs },
    handle: async (c, services) => c.json(configsView(await ledgerOf(services), services.controller.clock.now())),
  },
  ofConfig("ladder", {
    summary: "Ratings with their intervals, the largest group of comparable participants first, the strongest first within it",
    query: { offset: "rows to leave out, 0 by default", limit: `rows, ${LIMITS.ladder} by default, at most ${RATINGS_MAX.ladderRows}` },
    schema: ratingLadderPage,
    view: (ledger, config, c) => ladderView(ledger, { config, offset: wholeNumber(c, "offset", { fallback: 0, min: 0, max: 1e9 }), limit: wholeNumber(c, "limit", { fallback: LIMITS.ladder, min: 1, max: RATINGS_MAX.ladderRows }) }),
  }),
  ofConfig("matrix", {
    summary: "Each of some participants against each: difference, likelihood of superiority, and how they fared against each other",
    query: { participant: `${PARTICIPANT}, at most ${RATINGS_MAX.matrixParticipants}; left out: the first of the ladder`, limit: `how many of the ladder, ${LIMITS.matrix} by default, at most ${RATINGS_MAX.matrixParticipants}` },
    schema: ratingMatrix,
    view: (ledger, config, c) => matrixView(ledger, { config, participants: participantsOf(c, { min: 0, max: RATINGS_MAX.matrixParticipants }), limit: wholeNumber(c, "limit", { fallback: LIMITS.matrix, min: 2, max: RATINGS_MAX.matrixParticipants }) }),
  }),
  ofConfig("trajectories", {
    summary: "Ratings over time: all matches up to an instant fitted anew, at instants that lie equally many matches apart",
    query: {
      participant: `${PARTICIPANT}, 1–${RATINGS_MAX.trajectories}`,
      against: "id of a participant; the ratings are then differences to it",
      cuts: `instants, ${LIMITS.cuts} by default, at most ${RATINGS_MAX.cuts}`,
    },
    schema: ratingTrajectories,
    view: (ledger, config, c) => trajectoriesView(ledger, { config, participants: participantsOf(c, { min: 1, max: RATINGS_MAX.trajectories }), against: c.req.query("against") ?? null, cuts: wholeNumber(c, "cuts", { fallback: LIMITS.cuts, min: 1, max: RATINGS_MAX.cuts }) }),
  }),
  ofConfig("matches", {
    summary: "Matches that count, newest first",
    query: { participant: "of this one only", before: "nextBefore of the page before", limit: `matches, ${LIMITS.matches} by default, at most ${RATINGS_MAX.matches}` },
    schema: matchPage,
    view: (ledger, config, c) => matchesView(ledger, { config, participant: c.req.query("participant") ?? null, before: c.req.query("before") ?? null, limit: wholeNumber(c, "limit", { fallback: LIMITS.matches, min: 1, max: RATINGS_MAX.matches }) }),
  }),
  {
    method: "GET",
    path: paths.conflicts,
    access: "read",
    summary: "Matches of which several versions stand, with every version and which of them counts",
    query: { config: "of this configuration only, such as square8_2p", after: "nextAfter of the page before", limit: `matches, ${LIMITS.conflicts} by default, at most ${RATINGS_MAX.conflicts}` },
    answer: { type: "application/json", schema: conflictPage },
    handle: async (c, services) => {
      const ledger = await ledgerOf(services);
      const config = c.req.query("config");
      if (config !== undefined) requireConfig(ledger, config);
      return c.json(conflictsView(ledger, { config: config ?? null, after: c.req.query("after") ?? "", limit: wholeNumber(c, "limit", { fallback: LIMITS.conflicts, min: 1, max: RATINGS_MAX.conflicts }) }));
    },
  },
  {
    method: "GET",
    path: "/v1/ratings/matches/:match",
    access: "read",
    summary: "Everything that is held of one match: each version, those that lost too, and what took them out",
    answer: { type: "application/json", schema: matchDetail },
    handle: async (c, services) => c.json(matchDetailView(await ledgerOf(services), c.req.param("match") ?? "")),
  },
  {
    method: "POST",
    path: "/v1/ratings/matches/:match/resolve",
    access: "operator",
    summary: "Settles a conflict: the version that is named stays, the others are taken out, on every node",
    body: resolveMatch,
    idempotencyKey: true,
    answer: { type: "application/json", schema: matchDetail },
    handle: async (c, services) => {
      const matchId = c.req.param("match") ?? "";
      const ledger = await ledgerOf(services);
      return write({ c, services, schema: resolveMatch, name: `ratings ${matchId} resolve`, status: 200 }, async ({ keep, reason }, { actor }) => detailOf(ledger, await ledger.resolve({ matchId, keep, by: actor, reason })));
    },
  },
  {
    method: "POST",
    path: "/v1/ratings/matches/:match/purge",
    access: "operator",
    summary: "Takes a match out of the ratings, in every version held or still to come, on every node",
    body: purgeMatch,
    idempotencyKey: true,
    answer: { type: "application/json", schema: matchDetail },
    handle: async (c, services) => {
      const matchId = c.req.param("match") ?? "";
      const ledger = await ledgerOf(services);
      return write({ c, services, schema: purgeMatch, name: `ratings ${matchId} purge`, status: 200 }, async ({ reason }, { actor }) => {
        await ledger.purge({ matchIds: [matchId], by: actor, reason });
        return matchDetailView(ledger, matchId);
      });
    },
  },
];

interface ConfigView {
  readonly summary: string;
  readonly query: NonNullable<Operation["query"]>;
  readonly schema: NonNullable<Operation["answer"]["schema"]>;
  readonly view: (ledger: MatchLedger, config: string, c: RouteContext) => object | Promise<object>;
}

function ofConfig(name: "ladder" | "matrix" | "trajectories" | "matches", { summary, query, schema, view }: ConfigView): Operation {
  return {
    method: "GET",
    path: `/v1/ratings/configs/:config/${name}`,
    access: "read",
    summary,
    query,
    answer: { type: "application/json", schema },
    handle: async (c, services) => {
      const ledger = await ledgerOf(services);
      const config = c.req.param("config") ?? "";
      requireConfig(ledger, config);
      return c.json(await view(ledger, config, c));
    },
  };
}

function participantsOf(c: RouteContext, { min, max }: { readonly min: number; readonly max: number }): readonly string[] {
  const participants = [...new Set(c.req.queries("participant"))];
  if (participants.length > max) throw new Failure("too_large", `${participants.length} participants are asked for; at most ${max} are answered at once`, { fix: "ask for fewer" });
  if (participants.length < min) throw new Failure("invalid_input", "the query names no participant", { fix: "add participant=…, once for each" });
  return participants;
}

function requireConfig(ledger: MatchLedger, config: string): void {
  const known = ledger.configs().map((one) => one.config);
  if (known.includes(config)) return;
  const near = nearest(config, known);
  throw new Failure("not_found", `there is no match of "${config.slice(0, 100)}" here`, { fix: near === null ? `name one of ${known.length === 0 ? "them once matches are imported" : known.slice(0, 10).join(", ")}` : `did you mean "${near}"?` });
}

/** With what other processes on the same store have added. */
export async function ledgerOf({ matches }: Pick<Services, "matches">): Promise<MatchLedger> {
  const ledger = await matches();
  await ledger.refresh();
  return ledger;
}
