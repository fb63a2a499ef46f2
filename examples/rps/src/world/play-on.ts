import { setTimeout as pause } from "node:timers/promises";

import { beginWhenLet } from "../platform/cycles.ts";
import type { ModelType } from "../policies/bot-policy.ts";
import { MODEL_NAMES } from "../serving/slots.ts";
import type { Season } from "./season.ts";

/** Of the arena; people at a browser play beside it. */
const GAMES_A_SECOND = 4;
/** How often a fashion changes, in the arena's games, and who goes along. */
const DRIFT_GAMES = 1500;
const DRIFT_SHARE = 0.6;
const LOOK_MS = 2000;
/** After something could not be done. */
const RETRY_MS = 30_000;
/** Between the beginnings of two cycles of a family: those of compat mode end at once. */
const CYCLE_MS = 120_000;

/** The arena plays on at the pace of the clock on the wall, families are trained when a cycle has ended, and begin the next; until the signal. */
export async function playOn(season: Season, signal: AbortSignal): Promise<void> {
  const { clock } = season;
  season.endHistory();
  // A world that was ahead stays ahead.
  const [from, at] = [performance.now(), Math.max(clock.now(), Date.now())];
  const ticking = setInterval(() => clock.moveTo(Math.round(at + performance.now() - from)), 50);
  try {
    await Promise.all([keepPlaying(season, signal), keepTelling(season, signal), keepTraining(season, signal)]);
  } finally {
    clearInterval(ticking);
  }
}

async function keepPlaying(season: Season, signal: AbortSignal): Promise<void> {
  const { arena, say } = season;
  let driftedAt = arena.games;
  while (await waited(1000 / GAMES_A_SECOND, signal)) {
    await season.play(1);
    if (arena.games - driftedAt < DRIFT_GAMES) continue;
    driftedAt = arena.games;
    arena.drift(DRIFT_SHARE);
    say(`${arena.games} games; habits change again`);
  }
}

async function keepTelling(season: Season, signal: AbortSignal): Promise<void> {
  let pauseMs = 1000;
  while (await waited(pauseMs, signal)) pauseMs = (await done(season, () => season.report())) ? 1000 : RETRY_MS;
  await done(season, () => season.report());
}

async function keepTraining(season: Season, signal: AbortSignal): Promise<void> {
  const { platform, options, say } = season;
  const dueAt = new Map<ModelType, number>();
  const next = async (type: ModelType): Promise<void> => {
    if (await platform.cycles.isRunning(type)) return;
    const last = (await platform.api.models.list()).models.find(({ model }) => model === MODEL_NAMES[type]);
    say(`${type}: ${last === undefined ? "no cycle yet" : `the last cycle ended with ${last.verdict}`}; challengers learn from the newest games`);
    dueAt.set(type, performance.now() + CYCLE_MS);
    await platform.trainer.train({ types: [type], threads: 1, signal });
    await beginWhenLet(platform.cycles, type, { say, pause: (ms) => pause(ms, undefined, { signal }) });
  };
  while (await waited(LOOK_MS, signal)) {
    for (const type of options.types) {
      if (signal.aborted || performance.now() < (dueAt.get(type) ?? 0)) continue;
      if (!(await done(season, () => next(type)))) dueAt.set(type, performance.now() + RETRY_MS);
    }
  }
}

/** False when it failed; then that is said, and life goes on. */
async function done({ say }: Season, work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if ((error as Error).name !== "AbortError") say(error instanceof Error ? error.message : String(error));
    return false;
  }
}

/** False as soon as the signal comes. */
async function waited(ms: number, signal: AbortSignal): Promise<boolean> {
  return pause(ms, true, { signal }).catch(() => false);
}
