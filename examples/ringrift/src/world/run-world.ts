import { gauntlet } from "@gauntlet/client";
import { configKey } from "@gauntlet/core";
import { openApi, openToken, roundOf, type RunResult, type Stage, type WorldResult } from "@gauntlet/example-shared";

import { trainingLoop } from "../loop/training-loop.ts";
import type { Nodes } from "../nodes/open-nodes.ts";
import { reportOf, syncResults } from "../nodes/report.ts";
import { RING37 } from "../rules/board.ts";
import { CONTROLLER, openLeague, type League } from "./league.ts";
import { modelName, openLineage, type Mode } from "./lineage.ts";
import { nodeResults, type NodeResult } from "./node-results.ts";
import { playSeason } from "./season.ts";
import type { Separation } from "./separation.ts";

/** A Monday, midnight. */
export const STARTED_AT: number = Date.UTC(2026, 8, 7);

export interface WorldOptions {
  readonly dataDir: string;
  readonly runs: readonly string[];
  /** Of the games between challenger and champion, on each node in an hour. */
  readonly openings: number;
  readonly seed: number;
}

export interface RingriftResult extends WorldResult {
  readonly world: "ringrift";
  readonly runs: readonly RingriftRun[];
  readonly nodes: readonly NodeResult[];
  readonly separation: Separation;
  /** Of games of two, by the fit of all matches, from the anchor; Elo points. */
  readonly ladder: readonly { readonly participant: string; readonly elo: number | null; readonly standardError: number | null; readonly games: number }[];
  /** That were played; those that two nodes played count twice. */
  readonly games: number;
  /** Whether every run, and the nodes, ended as they are known to. */
  readonly asExpected: boolean;
}

/** Its name is what was asked for, or `monitor`. */
export interface RingriftRun extends RunResult {
  readonly participant: string;
  /** Of the world, from asking to the decision. */
  readonly hours: number;
  readonly expected: string;
}

/** The ringrift world from the first game to the rollback of the last champion. */
export async function runWorld({ server, clock, say, progress }: Stage, options: WorldOptions & { readonly nodes: Nodes }): Promise<RingriftResult> {
  const modes = options.runs as readonly Mode[];
  const api = await openApi(server, "ringrift world");
  const token = await openToken(server.composition, "training loop");
  const client = gauntlet({ url: server.url as string, token: token.secret });
  try {
    const round = await roundOf(api, (round) => modes.map((mode) => modelName(mode, round)));
    if (round > 1) say(`${options.dataDir} holds earlier rounds; this is round ${round}, with models and versions of its own`);
    const league = openLeague({ nodes: options.nodes, clock, season: round === 1 ? "" : `r${round}-`, seed: options.seed, reconcile: async (peers) => syncResults(await client.sync.reconcile(peers)) });
    const lineages = modes.map((mode) => openLineage(mode, round));
    const loop = trainingLoop(client);
    const { runs, separation } = await playSeason({ server, api, clock, league, lineages, round, loop, ...options, say, progress });
    const ladder = (await loop.ladder(configKey({ board: RING37.name, numPlayers: 2 }))).map(({ participant, elo, standardError, games }) => ({ participant, elo: rounded(elo), standardError: rounded(standardError), games }));
    const { status } = await api.decisions.verify();
    const nodes = await nodesAtTheEnd(league, reportOf(CONTROLLER, await server.composition.matches()));
    const asExpected = runs.every(({ verdict, expected }) => verdict === expected) && new Set(nodes.map(({ digest, ratings }) => digest + ratings)).size === 1 && separation.digestsDiffered && separation.digestsEqualAfterwards;
    return { world: "ringrift", runs, nodes, separation, ladder, games: league.games, asExpected, ledger: status };
  } finally {
    await token.close();
    await api.close();
    await options.nodes.end();
  }
}

async function nodesAtTheEnd(league: League, controller: Parameters<typeof nodeResults>[0][number]): Promise<readonly NodeResult[]> {
  return nodeResults([...(await league.reports()), controller], league.traffic);
}

function rounded(points: number | null): number | null {
  return points === null ? null : Math.round(points * 10) / 10;
}
