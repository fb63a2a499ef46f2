import { randomStream } from "@gauntlet/core";
import type { Stage, WorldResult } from "@gauntlet/example-shared";

import { openArena, type Arena } from "../arena/arena.ts";
import { httpTable } from "../arena/http-table.ts";
import type { GameTable } from "../arena/play-arena-game.ts";
import { serviceTable } from "../arena/service-table.ts";
import { MODEL_TYPES } from "../artifact/model-types.ts";
import type { Mode } from "../platform/cycles.ts";
import { STREAMS, type Platform } from "../platform/open-platform.ts";
import { BOT_POLICIES, type ModelType } from "../policies/bot-policy.ts";
import { SLOTS, type Slot } from "../serving/slots.ts";
import { decidedCycle, type CycleResult } from "./decided-cycle.ts";
import { strengthOf } from "./strength.ts";

/** A Monday, midnight. */
export const STARTED_AT: number = Date.UTC(2026, 9, 5);
/** From one game to the next. */
const GAME_MS = 100;

export interface WorldOptions {
  readonly mode: Mode;
  readonly seed: number;
  /** Games before the first training; every other number of games goes by it. */
  readonly games: number;
}

export interface RpsResult extends WorldResult {
  readonly world: "rps";
  readonly mode: Mode;
  readonly seed: number;
  readonly cycles: readonly CycleResult[];
  readonly trained: readonly { readonly models: number; readonly rows: number; readonly seconds: number }[];
  readonly games: number;
  readonly gamesOverHttp: number;
  readonly rounds: number;
  /** That Gauntlet was told, of games and guesses. */
  readonly outcomes: number;
  readonly promoted: number;
  readonly retained: number;
  /** Promotions of a version whose place had been taken a cycle before. */
  readonly oscillations: number;
  readonly asExpected: boolean;
}

export interface World extends Stage {
  readonly platform: Platform;
  readonly arena: Arena;
}

/** Games between two looks of Gauntlet. */
const GAMES_A_LOOK = 60;
/** Of each season, over HTTP as a browser would. */
const HTTP_GAMES = 12;
const CONTROL_GAMES = 400;
/** Cycles of a season that the policy itself would not end; it ends each at its maxGames. */
const LOOKS_MAX = 100;
/** Of the people, when a fashion changes. */
const DRIFT_SHARE = 0.8;
const COMPAT_CYCLES = 4;
const CHALLENGERS: readonly Slot[] = ["B", "shadow1", "shadow2"];

export async function runWorld(stage: Stage, platform: Platform, options: WorldOptions): Promise<RpsResult> {
  const season = openSeason(stage, platform, options);
  const { arena, say } = season;
  await season.play(options.games);
  say(`${arena.games} games without any model: ${platform.app.url}`);
  const trained = [await train(season, SLOTS)];
  const cycles = [...(await playCycles(season, 1))];
  arena.drift(DRIFT_SHARE);
  say("habits change: most people have seen through the bots");
  await season.play(options.games);
  trained.push(await train(season, CHALLENGERS));
  cycles.push(...(await playCycles(season, 2)));
  const { status } = await platform.api.decisions.verify();
  const promoted = cycles.filter(({ verdict }) => verdict === "promote");
  const retained = cycles.filter(({ verdict }) => verdict !== "promote").length;
  return {
    world: "rps",
    mode: options.mode,
    seed: options.seed,
    cycles,
    trained,
    games: arena.games,
    gamesOverHttp: season.overHttp,
    rounds: arena.rounds,
    outcomes: season.outcomes,
    promoted: promoted.length,
    retained,
    oscillations: oscillationsOf(cycles),
    asExpected: promoted.some(({ b, production }) => b.strength > production.strength) && retained > 0,
    ledger: status,
  };
}

interface Season extends Stage {
  readonly platform: Platform;
  readonly arena: Arena;
  readonly options: WorldOptions;
  readonly overHttp: number;
  readonly outcomes: number;
  /** So many games of some policies, then all of them are told. */
  play(games: number, types?: readonly ModelType[]): Promise<void>;
}

function openSeason(stage: Stage, platform: Platform, options: WorldOptions): Season {
  const { clock, progress } = stage;
  const table = serviceTable(platform.app.games);
  const wire = httpTable(platform.app.url);
  let [overHttp, outcomes] = [0, 0];
  const arena = openArena({
    random: randomStream(options.seed, STREAMS.arena),
    onGame: () => {
      clock.moveTo(clock.now() + GAME_MS);
      if (arena.games % 20 === 0) progress(`${arena.games} games`);
    },
  });
  return {
    ...stage,
    platform,
    arena,
    options,
    get overHttp() {
      return overHttp;
    },
    get outcomes() {
      return outcomes;
    },
    async play(games, types = MODEL_TYPES) {
      const policies = BOT_POLICIES.filter(({ model }) => types.includes(model)).map(({ name }) => name);
      const on = (at: GameTable, count: number): Promise<void> => arena.play(at, count, policies);
      const http = overHttp < HTTP_GAMES ? Math.min(HTTP_GAMES - overHttp, games) : 0;
      await on(wire, http);
      overHttp += http;
      await on(table, games - http);
      outcomes += (await platform.app.reporter.report()).outcomes;
    },
  };
}

async function train({ platform, say }: Season, slots: readonly Slot[]): Promise<RpsResult["trained"][number]> {
  const from = performance.now();
  const { rows, results } = await platform.trainer.train(slots);
  const failed = results.find(({ kind }) => kind === "failed");
  if (failed !== undefined) throw new Error(`${failed.task.name} was not trained: ${failed.kind === "failed" ? failed.message : ""}`);
  await platform.app.models.refresh();
  const seconds = Math.round((performance.now() - from) / 100) / 10;
  say(`${results.length} models were trained on ${rows} rounds in ${seconds} s`);
  return { models: results.length, rows, seconds };
}

/** Every family has a cycle, at the same time; strict ones end by themselves, compat ones at each look. */
async function playCycles(season: Season, number: number): Promise<readonly CycleResult[]> {
  const { platform, options } = season;
  const ended: CycleResult[] = [];
  for (let again = 0; again < (options.mode === "compat" ? COMPAT_CYCLES : 1); again++) {
    const open = new Set<ModelType>(MODEL_TYPES);
    for (const type of open) await platform.cycles.begin(type);
    for (let look = 1; open.size > 0; look++) {
      if (look > LOOKS_MAX) throw new Error(`after ${season.arena.games} games there is no end of the cycle of ${[...open].join(", ")}`);
      await season.play(GAMES_A_LOOK, [...open]);
      for (const type of [...open]) {
        const { isRunning, detail } = await platform.cycles.look(type);
        if (isRunning) continue;
        open.delete(type);
        const strengths = strengthsOf(season, type, number);
        await platform.app.models.refresh();
        const result = decidedCycle(detail, { type, cycle: number, mode: options.mode, strengths });
        season.say(sentenceOf(result));
        ended.push(result);
      }
    }
  }
  return ended;
}

/** Of Production and B as they still serve. */
function strengthsOf({ platform, arena, options }: Season, type: ModelType, number: number): ReadonlyMap<string, number> {
  const models = (["Production", "B"] as const).map((slot) => platform.app.models.model(type, slot));
  return new Map(
    models.map((model) => {
      if (model === null) throw new Error(`${type} has no model in a playing slot`);
      // The same people, games and chances for both.
      const random = randomStream(options.seed, STREAMS.control);
      return [model.version, strengthOf(model, { people: arena.people, games: CONTROL_GAMES, random, name: `control-${options.seed}-${type}-${number}` })];
    }),
  );
}

/** A version that is promoted again right after the one that took its place. */
function oscillationsOf(cycles: readonly CycleResult[]): number {
  return MODEL_TYPES.reduce((sum, type) => {
    const own = cycles.filter(({ name }) => name === type);
    return sum + own.filter(({ verdict, b }, i) => verdict === "promote" && i > 0 && own[i - 1]?.verdict === "promote" && own[i - 1]?.production.version === b.version).length;
  }, 0);
}

function sentenceOf({ name, verdict, reason, cycle, production, b }: CycleResult): string {
  const share = ({ games, wins, ties }: CycleResult["b"]): string => `${games === 0 ? "–" : Math.round((100 * (wins + ties / 2)) / games)} % of ${games}`;
  return `cycle ${cycle} of ${name}: ${verdict}, ${reason}; B (version ${b.version}) won ${share(b)}, Production (version ${production.version}) ${share(production)}`;
}
