import { Failure } from "@gauntlet/core";

import { playRound, scoreAfter, winnerOf, type Round } from "../rules/game.ts";
import type { Move } from "../rules/moves.ts";
import { OPENING_ROUNDS, openingAt, openingMoves } from "../rules/openings.ts";
import { roundPoints, type RoundPoints } from "../rules/round-points.ts";
import { BOT_POLICIES, botPolicyOf, type BotPolicy, type ModelType } from "../policies/bot-policy.ts";
import type { PlayingSlot, ServedModel, Slot } from "../serving/slots.ts";
import type { GameStore, StoredGame } from "../store/game-store.ts";
import { chooseMove } from "./choose-move.ts";
import { countRound, type GameMetrics } from "./count-round.ts";
import { playerNameOf } from "./player-names.ts";
import type { PlayedRound } from "./played-round.ts";
import { guessesOf } from "./slot-guesses.ts";

export interface GameServiceOptions {
  readonly store: GameStore;
  /** The model of a slot as it is now; null while there is none. */
  readonly model: (type: ModelType, slot: Slot) => ServedModel | null;
  /** Which of the two playing slots a new game gets. */
  readonly assign: (type: ModelType, gameId: string) => PlayingSlot;
  readonly now: () => number;
  readonly newId: () => string;
  readonly random: () => number;
  readonly metrics: GameMetrics | null;
  /** Told of every round that is in the store. What it throws is its own fault and not the player's: it must not throw. */
  readonly onRound?: (played: PlayedRound) => void;
}

export interface StartRequest {
  readonly playerName: string | null;
  readonly policy: string;
  readonly sessionId: string | null;
  readonly isTest: boolean;
}

export interface AskedMove {
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

/** Games against bots: each is played to its end, round by round, under the slot that it was given at its start. */
export function createGameService(options: GameServiceOptions): GameService {
  const { store } = options;
  const underWay = new Set<string>();
  return {
    start: (request) => start(options, request),
    play: async (asked) => {
      if (underWay.has(asked.gameId)) throw new Failure("conflict", `another move of game ${asked.gameId} is under way`, { fix: "wait for its answer: a round takes one move" });
      underWay.add(asked.gameId);
      try {
        return await play(options, asked);
      } finally {
        underWay.delete(asked.gameId);
      }
    },
    nextPoints: async (gameId) => {
      const game = await gameOf(store, gameId);
      requireRunning(game);
      const round = (await store.rounds(game.id)).length + 1;
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

async function play(options: GameServiceOptions, asked: AskedMove): Promise<PlayedRound> {
  const { store, now } = options;
  const game = await gameOf(store, asked.gameId);
  requireRunning(game);
  const history = await store.rounds(game.id);
  const number = history.length + 1;
  if (asked.round !== null && asked.round !== number) throw new Failure("conflict", `the move is for round ${asked.round}, but round ${number} of game ${game.id} is next`, { fix: "ask for /round_points, then move for that round" });
  const played = nextRound(options, { game, history, user: asked.move });
  const added = await store.addRound(game.id, played.round, { at: now(), winner: played.winner, version: played.model?.version ?? null, history, guesses: played.guesses });
  if (!added) throw new Failure("conflict", `round ${number} of game ${game.id} was played meanwhile`, { fix: "ask for /round_points, then move for that round" });
  if (options.metrics !== null) countRound(options.metrics, played);
  options.onRound?.(played);
  return played;
}

interface Position {
  readonly game: StoredGame;
  readonly history: readonly Round[];
  readonly user: Move;
}

function nextRound({ model, random }: GameServiceOptions, { game, history, user }: Position): PlayedRound {
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
  return { game, policy, history, round, choice, model: served, guesses, winner: winnerOf({ user: round.userScore, bot: round.botScore }) };
}

async function gameOf(store: GameStore, id: string): Promise<StoredGame> {
  const game = await store.game(id);
  if (game === null) throw new Failure("not_found", `there is no game ${id.slice(0, 64)}`, { fix: "start one with POST /start_game" });
  return game;
}

function requireRunning({ id, winner }: StoredGame): void {
  if (winner !== null) throw new Failure("conflict", `game ${id} is over`, { fix: "start another with POST /start_game" });
}
