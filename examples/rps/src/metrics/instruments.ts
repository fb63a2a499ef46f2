import { Counter, Gauge, Histogram, type Registry } from "prom-client";

/** Everything that can be scraped: names and labels as the platform's dashboards know them, and a few beside them. */
export type Instruments = ReturnType<typeof instruments>;

const GAME = ["policy", "model_type", "difficulty"];
const SLOT = ["model", "alias"];
const SLOT_GAME = ["model", "alias", "difficulty"];
const VERSION = ["model", "alias", "version"];

export function instruments(registry: Registry) {
  const make = makers(registry);
  return { play: playInstruments(make), models: modelInstruments(make), ab: abInstruments(make), serving: servingInstruments(make), promotion: promotionInstruments(make), process: processInstruments(make) };
}

function makers(registry: Registry) {
  const registers = [registry];
  return {
    counter: (name: string, labelNames: readonly string[], help: string) => new Counter({ name, help, labelNames: [...labelNames], registers }),
    gauge: (name: string, labelNames: readonly string[], help: string) => new Gauge({ name, help, labelNames: [...labelNames], registers }),
    histogram: (name: string, labelNames: readonly string[], about: { readonly help: string; readonly buckets: readonly number[] }) => new Histogram({ name, help: about.help, labelNames: [...labelNames], buckets: [...about.buckets], registers }),
  };
}

type Make = ReturnType<typeof makers>;

function playInstruments({ counter, gauge }: Make) {
  return {
    roundsWon: counter("rps_action_wins_total", GAME, "Rounds that the bot won, the opening too."),
    roundsLost: counter("rps_action_losses_total", GAME, "Rounds that the bot lost, the opening too."),
    roundsTied: counter("rps_action_ties_total", GAME, "Rounds in which both played the same, the opening too."),
    moves: counter("rps_action_predictions_total", [...GAME, "move"], "Moves of the bot that a model's chances led to."),
    games: counter("rps_games_total", GAME, "Games that were played to their end."),
    gamesWon: counter("rps_game_wins_total", GAME, "Games that the bot won."),
    gamesLost: counter("rps_game_losses_total", GAME, "Games that the bot lost; a tie is none."),
    gamesTied: counter("rps_game_ties_total", GAME, "Games that ended level."),
    slotGames: counter("rps_model_games_by_alias_total", SLOT_GAME, "Games that the version in a slot played to their end."),
    slotGamesWon: counter("rps_model_game_wins_by_alias_total", SLOT_GAME, "Games that the version in a slot won."),
    slotGamesLost: counter("rps_model_game_losses_by_alias_total", SLOT_GAME, "Games that the version in a slot lost; a tie is none."),
    slotGamesTied: counter("rps_model_game_ties_by_alias_total", SLOT_GAME, "Games of the version in a slot that ended level."),
    namedGames: counter("rps_model_games_total", ["model"], "Games by type@alias."),
    namedGamesWon: counter("rps_model_games_won_total", ["model"], "Games won by type@alias."),
    active: gauge("rps_active_games", [], "Games that were begun within the last hour and are not over."),
  };
}

function modelInstruments({ counter, gauge }: Make) {
  return {
    guesses: counter("rps_model_predictions_by_alias_total", SLOT, "Rounds after the opening whose move the version in a slot guessed."),
    rightGuesses: counter("rps_model_correct_predictions_by_alias_total", SLOT, "Guesses of the version in a slot that were right."),
    versionGuesses: counter("rps_model_predictions_total", VERSION, "The same by version; a version's series ends when it leaves the slot."),
    rightVersionGuesses: counter("rps_model_predictions_correct_total", VERSION, "Guesses that were right, by version."),
    production: gauge("rps_model_prediction_accuracy", VERSION, "Share of right guesses of a version, of all its rounds in every replica, in whatever slot."),
    productionLow: gauge("rps_model_prediction_accuracy_low", VERSION, "Where that accuracy lies at least, at every instant together with 99.9% certainty."),
    productionHigh: gauge("rps_model_prediction_accuracy_high", VERSION, "Where that accuracy lies at most."),
    trained: gauge("rps_model_accuracy", VERSION, "Accuracy at training, on rows that were held out."),
    trainedAt: gauge("rps_model_trained_timestamp_seconds", VERSION, "When the version was trained."),
    parity: gauge("rps_model_parity_broken", VERSION, "1 when a version is surely worse in production than its training promised, by more than 0.05."),
  };
}

function abInstruments({ counter, gauge }: Make) {
  return {
    enabled: gauge("rps_ab_enabled", [], "1 when games are split between Production and B."),
    ratio: gauge("rps_ab_split_ratio", ["model"], "Share of games that Production is given, as AB_SPLIT_RATIO says."),
    exposures: counter("rps_ab_exposure_total", ["variant"], "Games that were given a slot."),
    rounds: counter("rps_ab_actions_total", ["model"], "Rounds after the opening, by the type@alias that played them."),
    rightRounds: counter("rps_ab_actions_correct_total", ["model"], "Those whose move it guessed."),
    games: counter("rps_ab_games_total", ["model"], "Games by the type@alias that played them."),
    gamesWon: gauge("rps_ab_games_won", ["model"], "Games won since this process began."),
    accuracy: gauge("rps_ab_action_accuracy", ["model"], "Share of guesses that were right since this process began."),
    winRate: gauge("rps_ab_game_win_rate", ["model"], "Share of games won since this process began; a tie is a half."),
    lift: gauge("rps_ab_win_lift", ["model"], "B's share of games won less Production's, of the newest promotion cycle."),
    disagreed: gauge("rps_ab_disagree_ratio", ["model"], "Share of rounds in which Production and B guessed differently, since this process began."),
    calibration: gauge("rps_ab_calibration_error", ["model"], "Expected calibration error of the guesses of type@alias since this process began, in ten bins."),
  };
}

function servingInstruments({ counter, gauge, histogram }: Make) {
  return {
    loaded: gauge("rps_model_loaded_info", ["model", "version", "stage", "alias"], "1 for the version that a slot serves here."),
    sources: counter("rps_model_prediction_sources_total", ["model", "source"], "Moves of the bot after the opening, by where the chances came from."),
    fallbacks: counter("rps_model_fallback_total", ["model", "reason"], "How often there was no model to ask, or none that answered."),
    fallbackRatio: gauge("rps_model_fallback_ratio", ["model"], "Share of the bot's moves after the opening that no model led to, since this process began."),
    loadFailures: counter("rps_model_load_failures_total", SLOT, "Versions that could not be loaded."),
    loadSkips: counter("rps_model_load_skips_total", SLOT, "Loads that were not tried because a failure was too recent."),
    loadSeconds: histogram("rps_model_load_seconds", ["model", "source"], { help: "From asking for a version to having it.", buckets: [0.01, 0.05, 0.1, 0.5, 1, 5, 30] }),
    resolutions: counter("rps_registry_resolution_total", [...SLOT, "result"], "Questions to the registry which version an alias has, by what became of them."),
    limited: counter("rps_calls_limited_total", ["path"], "Calls that were refused with 429, because their address had made too many."),
    trainings: counter("rps_training_completed_total", ["model_type", "status"], "Trainings that were reported."),
    trainingSeconds: histogram("rps_training_duration_seconds", ["model_type"], { help: "Duration of the trainings that were reported.", buckets: [10, 30, 60, 120, 300, 600, 1800, 3600] }),
  };
}

/** From the ledger: the same in every replica and after every restart. */
function promotionInstruments({ counter, gauge }: Make) {
  return {
    z: gauge("rps_model_promotion_z_statistic", ["model"], "z of the newest cycle; absent where there is none."),
    p: gauge("rps_model_promotion_p_value", ["model"], "p of the newest cycle; absent where there is none."),
    events: counter("rps_model_promotion_events_total", ["model", "decision"], "Cycles by what was decided, ever."),
    state: gauge("rps_model_promotion_decision_state", ["model", "decision"], "1 for the decision of the newest cycle, 0 for the others."),
    reorders: counter("rps_model_alias_reorders_total", ["model"], "Cycles in which challengers changed places, ever."),
    rank: gauge("rps_model_alias_rank", SLOT, "Rank of a challenger by accuracy in the newest cycle; 1 is the best."),
    gamesSinceSwap: gauge("rps_model_games_since_production_swap", SLOT, "Games of a slot since Production and B were exchanged."),
    cyclesSinceSwap: gauge("rps_model_promotion_cycles_since_swap", ["model"], "Cycles since Production and B were exchanged."),
    decidedAt: gauge("rps_model_promotion_timestamp_seconds", ["model"], "When the newest cycle was decided."),
    readable: gauge("rps_promotion_ledger_up", [], "1 when the promotion ledger could be read for this page."),
  };
}

function processInstruments({ gauge }: Make) {
  return {
    startedAt: gauge("process_start_time_seconds", [], "When this process began, and its counters with it."),
    memory: gauge("process_resident_memory_bytes", [], "Resident memory of this process."),
  };
}
