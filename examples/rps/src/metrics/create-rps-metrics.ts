import { Registry } from "prom-client";

import { BOT_POLICIES, type ModelType } from "../policies/bot-policy.ts";
import { MOVES } from "../rules/moves.ts";
import type { Slot } from "../serving/slots.ts";
import type { CountedGuesses, GuessCounts } from "../store/guess-counts.ts";
import { instruments, type Instruments } from "./instruments.ts";
import { parityOf } from "./parity.ts";
import { showPromotions, type FamilyPromotions } from "./promotion-gauges.ts";
import type { CountedGame, FallbackReason, ModelSlot, RpsMetrics, TrainedFacts } from "./rps-metrics.ts";
import { createTally, type Tally } from "./tally.ts";

export interface RpsMetricsOptions {
  /** Share of games that Production plays of each family; null while there is no split. */
  readonly splitRatio: (modelType: ModelType) => number | null;
  /** What the promotion ledger says; null without one. @throws when it can't be read */
  readonly promotions: (() => Promise<readonly FamilyPromotions[]>) | null;
  /** All guesses of versions, from the store; a version that never guessed is left out. @throws when it can't be read */
  readonly guessCounts: GuessCounts["of"];
  /** Games that are under way; null where nobody counts them. */
  readonly activeGames: (() => Promise<number>) | null;
}

interface Serving {
  readonly version: string;
  readonly trained: TrainedFacts | null;
}

type Served = Map<string, ModelSlot & Serving>;

/** Guesses since they were counted last. Each round has four, and looking for their series one by one takes longer than guessing. */
type Pending = Map<string, { readonly model: ModelType; readonly alias: Slot; readonly version: string; guesses: number; right: number }>;

/** There has been one difficulty since games can't be made easier; dashboards ask for it by this name. */
const difficulty = "standard";
const FAMILIES = BOT_POLICIES.map(({ model }) => model);
const ALIASES = ["Production", "B", "shadow1", "shadow2"] as const satisfies readonly Slot[];
const PLAYING = ALIASES.slice(0, 2);
const REASONS: readonly FallbackReason[] = ["fallback", "forced_fallback", "legacy_fallback", "mlflow_error", "load_failed"];
/** Models have had aliases instead of stages for long. */
const STAGE = "None";

export function createRpsMetrics(options: RpsMetricsOptions): RpsMetrics {
  const registry = new Registry();
  const all = instruments(registry);
  const tally = createTally();
  const served: Served = new Map();
  const pending: Pending = new Map();
  bearSeries(all);
  let rendering: Promise<{ readonly contentType: string; readonly body: string }> | null = null;

  return {
    ...countPlay(all, { tally, pending }),
    ...countServing(all, { served, pending }),
    page() {
      // Two at a time would clear each other's gauges.
      rendering ??= renderNow().finally(() => {
        rendering = null;
      });
      return rendering;
    },
  };

  async function renderNow() {
    const versions = [...served.values()].map(({ modelType, version }) => ({ policy: policyOf(modelType), version }));
    const [promotions, active, counts] = await Promise.all([options.promotions?.().catch(() => null) ?? [], options.activeGames?.().catch(() => null) ?? null, options.guessCounts(versions).catch(() => null)]);
    if (options.promotions === null) all.promotion.readable.remove();
    else showPromotions(all, promotions);
    // Without labels a gauge is born at 0, which would be a lie.
    if (active === null) all.play.active.remove();
    else all.play.active.set(active);
    countGuesses(all, { served, pending });
    showSplit(all, options.splitRatio);
    showRatios(all, tally);
    showVersions(all, { counts, served });
    all.process.startedAt.set(performance.timeOrigin / 1000);
    all.process.memory.set(process.memoryUsage.rss());
    return { contentType: registry.contentType, body: await registry.metrics() };
  }
}

function countPlay({ play, ab, serving }: Instruments, { tally, pending }: { readonly tally: Tally; readonly pending: Pending }): Pick<RpsMetrics, "assigned" | "roundPlayed" | "botMoved" | "guessed" | "gameFinished"> {
  return {
    assigned(game) {
      if (!game.isTest) ab.exposures.inc({ variant: game.alias });
    },
    roundPlayed(game, result) {
      if (!game.isTest) (result === "win" ? play.roundsLost : result === "lose" ? play.roundsWon : play.roundsTied).inc(labelsOf(game));
    },
    botMoved(game, { move, source }) {
      if (game.isTest) return;
      serving.sources.inc({ model: game.modelType, source });
      tally.moved(game.modelType, source === "model");
      if (source === "model") play.moves.inc({ ...labelsOf(game), move });
    },
    guessed(game, round) {
      if (game.isTest) return;
      const model = game.modelType;
      tally.guessed(game, round);
      for (const { alias, version, move } of round.guesses) {
        const right = move === round.user ? 1 : 0;
        const key = `${model}@${alias}@${version}`;
        const counts = pending.get(key) ?? { model, alias, version, guesses: 0, right: 0 };
        counts.guesses += 1;
        counts.right += right;
        pending.set(key, counts);
        if (alias !== game.alias) continue;
        ab.rounds.inc({ model: `${model}@${alias}` });
        ab.rightRounds.inc({ model: `${model}@${alias}` }, right);
      }
    },
    gameFinished(game, winner) {
      if (game.isTest) return;
      const slot = { model: game.modelType, alias: game.alias, difficulty };
      const name = { model: `${game.modelType}@${game.alias}` };
      const won = winner === "bot" ? 1 : 0;
      for (const counter of [ab.games, play.namedGames]) counter.inc(name);
      play.namedGamesWon.inc(name, won);
      ab.gamesWon.inc(name, won);
      play.games.inc(labelsOf(game));
      play.slotGames.inc(slot);
      (winner === "bot" ? play.gamesWon : winner === "user" ? play.gamesLost : play.gamesTied).inc(labelsOf(game));
      (winner === "bot" ? play.slotGamesWon : winner === "user" ? play.slotGamesLost : play.slotGamesTied).inc(slot);
      tally.finished(name.model, winner === "tie" ? 0.5 : won);
    },
  };
}

function countGuesses({ models }: Pick<Instruments, "models">, { served, pending }: { readonly served: Served; readonly pending: Pending }): void {
  for (const { model, alias, version, guesses, right } of pending.values()) {
    models.guesses.inc({ model, alias }, guesses);
    models.rightGuesses.inc({ model, alias }, right);
    // A round may end after its version left the slot: its series is over, and must not come back.
    if (served.get(`${model}@${alias}`)?.version !== version) continue;
    models.versionGuesses.inc({ model, alias, version }, guesses);
    models.rightVersionGuesses.inc({ model, alias, version }, right);
  }
  pending.clear();
}

function countServing({ models, serving }: Instruments, { served, pending }: { readonly served: Served; readonly pending: Pending }): Pick<RpsMetrics, "fallback" | "modelLoaded" | "modelUnloaded" | "loadFailed" | "loadSkipped" | "registryResolved" | "limited" | "trainingCompleted"> {
  const keyOf = ({ modelType, alias }: ModelSlot): string => `${modelType}@${alias}`;
  const leave = (slot: ModelSlot): void => {
    const before = served.get(keyOf(slot));
    if (before === undefined) return;
    countGuesses({ models }, { served, pending });
    const labels = { model: slot.modelType, alias: slot.alias, version: before.version };
    for (const counter of [models.versionGuesses, models.rightVersionGuesses]) counter.remove(labels);
    served.delete(keyOf(slot));
  };
  return {
    fallback: (model, reason) => serving.fallbacks.inc({ model, reason }),
    modelLoaded(slot, { version, source, seconds, trained }) {
      const { modelType, alias } = slot;
      serving.loadSeconds.observe({ model: modelType, source }, seconds);
      if (served.get(keyOf(slot))?.version !== version) leave(slot);
      served.set(keyOf(slot), { modelType, alias, version, trained });
      for (const counter of [models.versionGuesses, models.rightVersionGuesses]) counter.inc({ model: modelType, alias, version }, 0);
    },
    modelUnloaded: leave,
    loadFailed: ({ modelType, alias }) => serving.loadFailures.inc({ model: modelType, alias }),
    loadSkipped: ({ modelType, alias }) => serving.loadSkips.inc({ model: modelType, alias }),
    registryResolved: ({ modelType, alias }, result) => serving.resolutions.inc({ model: modelType, alias, result }),
    limited: (path) => serving.limited.inc({ path }),
    trainingCompleted({ modelType, status, durationSeconds }) {
      serving.trainings.inc({ model_type: modelType, status });
      if (durationSeconds !== null) serving.trainingSeconds.observe({ model_type: modelType }, durationSeconds);
    },
  };
}

function policyOf(type: ModelType): string {
  return BOT_POLICIES.find(({ model }) => model === type)!.name;
}

function labelsOf({ policy, modelType }: CountedGame) {
  return { policy, model_type: modelType, difficulty };
}

/** rate() of a series that is born at 1 is 0: what can be known beforehand is shown at 0 from the beginning. */
function bearSeries({ play, models, ab, serving }: Instruments): void {
  serving.limited.inc({ path: "/start_game" }, 0);
  for (const variant of PLAYING) ab.exposures.inc({ variant }, 0);
  for (const { name: policy, model } of BOT_POLICIES) {
    const game = { policy, model_type: model, difficulty };
    for (const counter of [play.roundsWon, play.roundsLost, play.roundsTied, play.games, play.gamesWon, play.gamesLost, play.gamesTied]) counter.inc(game, 0);
    for (const move of MOVES) play.moves.inc({ ...game, move }, 0);
  }
  for (const model of FAMILIES) {
    for (const reason of REASONS) serving.fallbacks.inc({ model, reason }, 0);
    for (const source of ["model", "fallback", "legacy_fallback"]) serving.sources.inc({ model, source }, 0);
    for (const status of ["success", "failure"]) serving.trainings.inc({ model_type: model, status }, 0);
    for (const alias of ALIASES) {
      for (const counter of [models.guesses, models.rightGuesses, serving.loadFailures, serving.loadSkips]) counter.inc({ model, alias }, 0);
      for (const result of ["found", "missing", "failed"]) serving.resolutions.inc({ model, alias, result }, 0);
    }
    for (const alias of PLAYING) {
      for (const counter of [play.slotGames, play.slotGamesWon, play.slotGamesLost, play.slotGamesTied]) counter.inc({ model, alias, difficulty }, 0);
      for (const counter of [play.namedGames, play.namedGamesWon, ab.rounds, ab.rightRounds, ab.games, ab.gamesWon]) counter.inc({ model: `${model}@${alias}` }, 0);
    }
  }
}

function showSplit({ ab }: Instruments, splitRatio: RpsMetricsOptions["splitRatio"]): void {
  const ratios = FAMILIES.map((model) => ({ model, ratio: splitRatio(model) }));
  ab.enabled.set(ratios.some(({ ratio }) => ratio !== null) ? 1 : 0);
  ab.ratio.reset();
  for (const { model, ratio } of ratios) if (ratio !== null) ab.ratio.set({ model }, ratio);
}

function showRatios({ ab, serving }: Instruments, tally: Tally): void {
  const ratios = tally.ratios();
  for (const [gauge, shares] of [[ab.accuracy, ratios.accuracy], [ab.winRate, ratios.winRate], [ab.calibration, ratios.calibration], [ab.disagreed, ratios.disagreed], [serving.fallbackRatio, ratios.fallback]] as const) {
    for (const [model, share] of shares) gauge.set({ model }, share);
  }
}

/** @param counts null: they could not be read, and nothing is said of parity */
function showVersions({ models, serving }: Instruments, { counts, served }: { readonly counts: readonly CountedGuesses[] | null; readonly served: Served }): void {
  const { production, productionLow, productionHigh, trained: promised, trainedAt, parity } = models;
  for (const gauge of [serving.loaded, production, productionLow, productionHigh, promised, trainedAt, parity]) gauge.reset();
  for (const { modelType: model, alias, version, trained } of served.values()) {
    const labels = { model, alias, version };
    serving.loaded.set({ ...labels, stage: STAGE }, 1);
    if (trained !== null) {
      promised.set(labels, trained.accuracy);
      trainedAt.set(labels, trained.trainedAt / 1000);
    }
    if (counts === null) continue;
    const { guesses: of, right: hits } = counts.find((one) => one.policy === policyOf(model) && one.version === version) ?? { guesses: 0, right: 0 };
    if (of > 0) production.set(labels, hits / of);
    if (trained === null) continue;
    const { low, high, isBroken } = parityOf({ hits, of }, trained);
    productionLow.set(labels, low);
    productionHigh.set(labels, high);
    parity.set(labels, isBroken ? 1 : 0);
  }
}
