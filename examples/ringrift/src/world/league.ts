import { randomStream } from "@gauntlet/core";
import type { WorldClock } from "@gauntlet/example-shared";

import { mixed, planRound, type PlannedGame } from "../matches/planned-game.ts";
import type { Nodes } from "../nodes/open-nodes.ts";
import type { NodeReport, Release, SyncResult } from "../nodes/orders.ts";
import { writeVersion } from "../player/version.ts";
import { RING37 } from "../rules/board.ts";
import type { Contestant } from "./contestants.ts";
import { countTraffic, noTraffic, type Traffic } from "./traffic.ts";

/** Who meets, and from how many openings on each node in an hour. */
export interface Fixture {
  readonly players: readonly string[];
  readonly openings: number;
}

export interface LeagueRequest {
  readonly nodes: Nodes;
  readonly clock: WorldClock;
  /** The beginning of the ids of games: another one in every round of the world. */
  readonly season: string;
  readonly seed: number;
  /** Makes the controller's ledger and those of these nodes equal. */
  readonly reconcile: (peers: readonly string[]) => Promise<readonly SyncResult[]>;
}

/** The nodes and what they play, hour by hour. */
export interface League {
  /** Of the nodes. */
  readonly names: readonly string[];
  /** Games played so far; those that two nodes played count twice. */
  readonly games: number;
  /** What went over the lines, by node. */
  readonly traffic: ReadonlyMap<string, Traffic>;
  load(contestant: Contestant, release?: Release, on?: readonly string[]): Promise<void>;
  /** An hour in which every node plays these fixtures. */
  hour(fixtures: readonly Fixture[]): Promise<void>;
  /** What a node plays of these fixtures in this hour. */
  plan(node: string, fixtures: readonly Fixture[]): readonly PlannedGame[];
  play(node: string, games: readonly PlannedGame[]): Promise<void>;
  /** Each node reconciles with the next one, and the controller with all of them. */
  endHour(): Promise<void>;
  cutOff(node: string): void;
  rejoin(node: string): void;
  /** In the order of the names. */
  reports(): Promise<readonly NodeReport[]>;
}

const HOUR_MS = 3_600_000;
export const CONTROLLER = "controller";

export function openLeague({ nodes, clock, season, seed, reconcile }: LeagueRequest): League {
  const names = nodes.all.map(({ name }) => name);
  const traffic = noTraffic([...names, CONTROLLER]);
  let [hours, games] = [0, 0];

  const nodeOf = (name: string) => {
    const node = nodes.all[names.indexOf(name)];
    if (node === undefined) throw new Error(`there is no node ${name}`);
    return node;
  };
  const plan: League["plan"] = (node, fixtures) => {
    const first = seed * ROUNDS_MAX + (hours * names.length + names.indexOf(node)) * FIXTURES_MAX;
    const games = fixtures.flatMap(({ players, openings }, i) => planRound({ id: `${season}h${hours}.${node}.${i + 1}`, board: RING37, players, openings, seed: first + i }));
    return mixed(games, randomStream(first, 1));
  };
  const play: League["play"] = async (node, planned) => {
    const { recorded } = await nodeOf(node).order({ kind: "play", games: planned, at: clock.now() });
    games += recorded;
  };
  const endHour: League["endHour"] = async () => {
    clock.moveTo(clock.now() + HOUR_MS);
    hours++;
    for (const node of nodes.all) await node.order({ kind: "clock", at: clock.now() });
    for (const [i, name] of names.entries()) countTraffic(traffic, name, await nodeOf(name).order({ kind: "reconcile", peers: [names[(i + 1) % names.length] as string] }));
    countTraffic(traffic, CONTROLLER, await reconcile(names));
  };

  return {
    names,
    get games() {
      return games;
    },
    traffic,
    load: async ({ participant, version }, release = "sound", on = names) => {
      for (const name of on) await nodeOf(name).order({ kind: "load", participant, artifact: writeVersion(version), release });
    },
    hour: async (fixtures) => {
      await Promise.all(names.map((name) => play(name, plan(name, fixtures))));
      await endHour();
    },
    plan,
    play,
    endHour,
    cutOff: nodes.cutOff,
    rejoin: nodes.join,
    reports: () => Promise.all(nodes.all.map((node) => node.order({ kind: "tell" }))),
  };
}

const FIXTURES_MAX = 100;
const ROUNDS_MAX = 1_000_000;
