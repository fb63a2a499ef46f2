import { availableParallelism } from "node:os";

import type { WorldResult } from "@gauntlet/example-shared";

import { MODEL_TYPES } from "../artifact/model-types.ts";
import type { Mode } from "../platform/cycles.ts";
import type { ModelType } from "../policies/bot-policy.ts";
import { returnsOf, type CycleResult } from "./decided-cycle.ts";
import { playCycles } from "./play-cycles.ts";
import type { Season } from "./season.ts";

/** A Monday, midnight. */
export const STARTED_AT: number = Date.UTC(2026, 9, 5);

export interface RpsResult extends WorldResult {
  readonly world: "rps";
  readonly mode: Mode;
  readonly seed: number;
  /** Cycles of all families, in the order of their ends. */
  readonly runs: readonly CycleResult[];
  readonly trainings: readonly Training[];
  readonly games: number;
  readonly gamesOverHttp: number;
  readonly rounds: number;
  readonly outcomes: number;
  readonly promoted: number;
  /** Of those: of versions that win more games of the same people. */
  readonly earned: number;
  readonly retained: number;
  /** Promotions of a version that had been replaced before. */
  readonly oscillations: number;
  /** strict: something was promoted that is stronger, nothing came back that had been replaced, and something was retained. compat: something came back, or was promoted that is weaker. */
  readonly asExpected: boolean;
}

interface Training {
  readonly models: number;
  readonly rows: number;
  readonly seconds: number;
}

const HTTP_GAMES = 12;
/** Of the people, when a fashion changes. */
const DRIFT_SHARE = 0.8;

/**
 * Games before there is any model, twelve models that learn from them, and a cycle of every family, whose versions know the
 * same; then people change, challengers learn what they do now, and the next cycles are of versions that know different times.
 */
export async function playStory(season: Season): Promise<RpsResult> {
  const { arena, options, say } = season;
  const { types, games } = options;
  await season.playOverHttp(HTTP_GAMES);
  await season.play(games - HTTP_GAMES);
  say(`${arena.games} games were played, ${season.gamesOverHttp} of them over HTTP`);
  const trainings = [await train(season, hasModels(season) ? types : MODEL_TYPES)];
  const runs = [...(await playCycles(season))];
  arena.drift(DRIFT_SHARE);
  say("habits change: most people play as nobody did before");
  await season.play(games);
  await season.report();
  trainings.push(await train(season, types));
  runs.push(...(await playCycles(season)));
  return resultOf(season, trainings, runs);
}

/** Every slot has a model: somebody has played here before. */
export function hasModels({ platform }: Season): boolean {
  return platform.app.models.slots().every(({ model }) => model !== null);
}

/** The same of a start at which nothing is told: play only goes on. */
export async function noStory(season: Season): Promise<RpsResult> {
  return { ...(await resultOf(season, [], [])), asExpected: true };
}

async function resultOf(season: Season, trainings: readonly Training[], runs: readonly CycleResult[]): Promise<RpsResult> {
  const { platform, arena, gamesOverHttp, outcomes, options } = season;
  const { mode, types, seed } = options;
  const { status } = await platform.api.decisions.verify();
  const promoted = runs.filter(({ verdict }) => verdict === "promote");
  const told = {
    promoted: promoted.length,
    earned: promoted.filter(({ b, production }) => b.strength > production.strength).length,
    retained: runs.filter(({ verdict }) => verdict === "retain").length,
    oscillations: types.reduce((sum, type) => sum + returnsOf(runs.filter(({ name }) => name === type)), 0),
  };
  const asExpected = mode === "compat" ? told.oscillations > 0 || told.promoted > told.earned : told.earned > 0 && told.retained > 0 && told.oscillations === 0;
  return { world: "rps", mode, seed, runs, trainings, games: arena.games, gamesOverHttp, rounds: arena.rounds, outcomes, ...told, asExpected, ledger: status };
}

async function train({ platform, say }: Season, types: readonly ModelType[]): Promise<Training> {
  const from = performance.now();
  const { rows, results } = await platform.trainer.train({ types, threads: availableParallelism() });
  await platform.app.models.refresh();
  const seconds = Math.round((performance.now() - from) / 100) / 10;
  say(`${results.length} models were trained on ${rows} rounds in ${seconds} s`);
  return { models: results.length, rows, seconds };
}
