import { Failure } from "@gauntlet/core";

import { playRound, scoreAfter, winnerOf, type Round } from "../rules/game.ts";
import type { Move } from "../rules/moves.ts";
import { OPENING_ROUNDS, openingAt, openingMoves } from "../rules/openings.ts";
import { roundPoints, type RoundPoints } from "../rules/round-points.ts";
import { BOT_POLICIES, botPolicyOf, type BotPolicy, type ModelType } from "../policies/bot-policy.ts";
import type { AbsenceReason } from "../serving/manager/model-manager.ts";
import type { PlayingSlot, ServedModel, Slot } from "../serving/slots.ts";
import type { GameStore, StoredGame } from "../store/game-store.ts";
import { chooseMove } from "./choose-move.ts";
import { countRound, type GameMetrics } from "./count-round.ts";
import { liveGames, type LiveGame, type LiveGames } from "./live-games.ts";
import { playerNameOf } from "./player-names.ts";
import type { PlayedRound } from "./played-round.ts";
import { guessesOf } from "./slot-guesses.ts";

export interface GameServiceOptions {
  readonly store: GameStore;
  /** The model of a slot as it is now; null while there is none. */
  readonly model: (type: ModelType, slot: Slot) => ServedModel | null;
  /** Why a slot has no model; left out: nobody says. */
  readonly absence?: (type: ModelType, slot: Slot) => AbsenceReason | null;
  /** Which of the two playing slots a new game gets. */
  readonly assign: (type: ModelType, gameId: string) => PlayingSlot;
  readonly now: () => number;
  readonly newId: () => string;
  readonly random: () => number;
  readonly metrics: GameMetrics | null;
  /** Told of every round that is in the store. It must not throw: what it does with it is no concern of the player's. */
  readonly onRound?: (played: PlayedRound) => void;
}

interface StartRequest {
  readonly playerName: string | null;
  readonly policy: string;
  readonly sessionId: string | null;
  readonly isTest: boolean;
}

interface AskedMove {
  readonly gameId: string;
  readonly move: Move;
  /** The round that the move is meant for; null: whichever is next. */
  readonly round: number | null;
}

export interface GameService {
  /** @throws Failure `invalid_input` for an unknown policy. */
  start(request: StartRequest): Promise<{ readonly game: StoredGame; readonly policy: BotPolicy }>;
  /** @throws Failure `not_found` for an unknown game; `conflict` for a finished one, another round, or while another move of the game is under way. */
  play(move: AskedMove): Promise<PlayedRound>;
  /** The points of the round that comes next. @throws Failure `not_found`, or `conflict` for a finished game. */
  nextPoints(gameId: string): Promise<{ readonly round: number; readonly points: RoundPoints }>;
}

/** More games than this are begun again and again and left in the middle. */
const LIVE_GAMES_MAX = 5000;

/** Games against bots: each is played to its end, round by round, under the slot that it was given at its start. */
export function createGameService(options: GameServiceOptions): GameService {
  const { store } = options;
  const live = liveGames(LIVE_GAMES_MAX);
  const underWay = new Set<string>();
  return {
    start: async (request) => {
      const begun = await start(options, request);
      live.put({ game: begun.game, rounds: [] });
      return begun;
    },
    play: async (asked) => {
      if (underWay.has(asked.gameId)) throw new Failure("conflict", `another move of game ${asked.gameId} is under way`, { fix: "wait for its answer: a round takes one move" });
      underWay.add(asked.gameId);
      try {
        return await play(options, live, asked);
      } finally {
        underWay.delete(asked.gameId);
      }
    },
    nextPoints: async (gameId) => {
      const { game, rounds } = await read(store, gameId);
      requireRunning(game);
      const round = rounds.length + 1;
      return { round, points: roundPoints(gameId, round) };
    },
  };
}

async function start(options: GameServiceOptions, { playerName, policy: asked, sessionId, isTest }: StartRequest): Promise<{ readonly game: StoredGame; readonly policy: BotPolicy }> {
  const policy = botPolicyOf(asked);
  if (policy === null) throw new Failure("invalid_input", `there is no policy "${asked.slice(0, 64)}"`, { fix: `choose one of ${BOT_POLICIES.map(({ name }) => name).join(", ")}` });
  const id = options.newId();
  const session = sessionId ?? options.newId();
  const opening = openingAt(Math.floor(options.random() * 100));
  const alias = options.assign(policy.model, id);
  const game = { id, sessionId: session, playerName: playerNameOf(playerName, session), policy: policy.name, alias, startedAt: options.now(), opening: opening.name, openingMoves: openingMoves(opening, id), isTest };
  await options.store.addGame(game);
  options.metrics?.assigned({ policy: policy.name, modelType: policy.model, alias, isTest });
  return { game: { ...game, winner: null }, policy };
}

/** Upon the game as it is remembered, and if that was too old upon the game as it is. */
async function play(options: GameServiceOptions, live: LiveGames, asked: AskedMove): Promise<PlayedRound> {
  const known = live.get(asked.gameId);
  live.forget(asked.gameId);
  const played = (known === null ? null : await tryMove(options, known, asked)) ?? (await playFresh(options, asked));
  if (played.winner === null) live.put({ game: played.game, rounds: [...played.history, played.round] });
  if (options.metrics !== null) countRound(options.metrics, played);
  options.onRound?.(played);
  return played;
}

async function playFresh(options: GameServiceOptions, asked: AskedMove): Promise<PlayedRound> {
  const { game, rounds } = await read(options.store, asked.gameId);
  requireRunning(game);
  const number = rounds.length + 1;
  if (asked.round !== null && asked.round !== number) throw new Failure("conflict", `the move is for round ${asked.round}, but round ${number} of game ${game.id} is next`, { fix: "ask for /round_points, then move for that round" });
  const played = await tryMove(options, { game, rounds }, asked);
  if (played === null) throw new Failure("conflict", `round ${number} of game ${game.id} was played meanwhile`, { fix: "ask for /round_points, then move for that round" });
  return played;
}

/** Null where the store has another round next: nothing was changed then. */
async function tryMove(options: GameServiceOptions, { game, rounds }: LiveGame, asked: AskedMove): Promise<PlayedRound | null> {
  if (asked.round !== null && asked.round !== rounds.length + 1) return null;
  const played = nextRound(options, { game, history: rounds, user: asked.move });
  const context = { at: options.now(), winner: played.winner, version: played.model?.version ?? null, history: rounds, guesses: played.guesses };
  return (await options.store.addRound(game.id, played.round, context)) ? played : null;
}

interface Position {
  readonly game: StoredGame;
  readonly history: readonly Round[];
  readonly user: Move;
}

function nextRound({ model, absence, random }: GameServiceOptions, { game, history, user }: Position): PlayedRound {
  const policy = botPolicyOf(game.policy);
  if (policy === null) throw new Failure("conflict", `game ${game.id} was begun under the policy "${game.policy}", which is gone`, { fix: "start another game" });
  const number = history.length + 1;
  const points = roundPoints(game.id, number);
  const score = scoreAfter(history);
  const opening = number <= OPENING_ROUNDS ? (game.openingMoves[number - 1] ?? null) : null;
  const served = opening === null ? model(policy.model, game.alias as Slot) : null;
  const choice = opening === null ? chooseMove(policy, served, { history, points, score, round: number, random }) : null;
  const round = playRound(score, { number, points, user, bot: opening ?? choice!.move });
  const guesses = choice === null ? [] : guessesOf(choice, { game, type: policy.model, model });
  return { game, policy, history, round, choice, model: served, absence: choice?.source === "fallback" ? (absence?.(policy.model, game.alias as Slot) ?? "fallback") : null, guesses, winner: winnerOf({ user: round.userScore, bot: round.botScore }) };
}

async function read(store: GameStore, id: string): Promise<LiveGame> {
  const game = await store.game(id);
  if (game === null) throw new Failure("not_found", `there is no game ${id.slice(0, 64)}`, { fix: "start one with POST /start_game" });
  return { game, rounds: await store.rounds(id) };
}

function requireRunning({ id, winner }: StoredGame): void {
  if (winner !== null) throw new Failure("conflict", `game ${id} is over`, { fix: "start another with POST /start_game" });
}
