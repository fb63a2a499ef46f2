import { playRound, scoreAfter, winnerOf, type Round } from "../rules/game.ts";
import { MOVES, type Move } from "../rules/moves.ts";
import { OPENING_ROUNDS, openingAt, openingMoves } from "../rules/openings.ts";
import { roundPoints, type RoundPoints } from "../rules/round-points.ts";
import { BOT_POLICIES, botPolicyOf, type BotPolicy, type ModelType } from "../policies/bot-policy.ts";
import type { ServedModel, Slot } from "../serving/slots.ts";
import type { GameStore, StoredGame } from "../store/game-store.ts";
import { chooseMove, type BotChoice } from "./choose-move.ts";
import { playerNameOf } from "./player-names.ts";
import { Refusal } from "./refusal.ts";

export interface GameServiceOptions {
  readonly store: GameStore;
  /** The model of a slot as it is now; null while there is none. */
  readonly model: (type: ModelType, slot: Slot) => ServedModel | null;
  /** Which of the two playing slots a new game gets; the same for a game whenever it is asked. */
  readonly assign: (type: ModelType, gameId: string) => Extract<Slot, "Production" | "B">;
  readonly now: () => number;
  readonly newId: () => string;
  readonly random: () => number;
  /** Told of every round that was played. */
  readonly onRound?: (played: PlayedRound) => void;
}

interface StartRequest {
  readonly playerName: string | null;
  readonly policy: string;
  readonly sessionId: string | null;
  readonly isTest: boolean;
}

interface PlayedRound {
  readonly game: StoredGame;
  readonly policy: BotPolicy;
  readonly round: Round;
  readonly points: RoundPoints;
  /** Null in the opening. */
  readonly choice: BotChoice | null;
  readonly model: ServedModel | null;
  readonly winner: StoredGame["winner"];
}

export interface GameService {
  /** @throws Refusal 400 for an unknown policy. */
  start(request: StartRequest): { readonly game: StoredGame; readonly policy: BotPolicy };
  /** @throws Refusal 400 for a move that is none, 404 for an unknown game, 409 for a finished one. */
  play(gameId: string, move: string): PlayedRound;
  /** The points of the round that comes next. @throws Refusal 404 */
  nextPoints(gameId: string): { readonly round: number; readonly points: RoundPoints };
}

/** Games against bots: each is played to its end, round by round, under the slot that it was given at its start. */
export function createGameService(options: GameServiceOptions): GameService {
  const { store, now, newId, random } = options;
  const gameOf = (id: string): StoredGame => {
    const game = store.game(id);
    if (game === null) throw new Refusal(404, `there is no game ${id.slice(0, 64)}`);
    return game;
  };
  return {
    start: ({ playerName, policy: asked, sessionId, isTest }) => {
      const policy = botPolicyOf(asked);
      if (policy === null) throw new Refusal(400, `there is no policy "${asked.slice(0, 64)}"; there is ${BOT_POLICIES.map(({ name }) => name).join(", ")}`);
      const id = newId();
      const session = sessionId ?? newId();
      const opening = openingAt(Math.floor(random() * 100));
      const game = { id, sessionId: session, playerName: playerNameOf(playerName, session), policy: policy.name, alias: options.assign(policy.model, id), startedAt: now(), opening: opening.name, openingMoves: openingMoves(opening, id), isTest };
      store.addGame(game);
      return { game: { ...game, winner: null }, policy };
    },
    play: (gameId, move) => {
      const user = MOVES.find((known) => known === move);
      if (user === undefined) throw new Refusal(400, `"${move.slice(0, 64)}" is no move; play ${MOVES.join(", ")}`);
      const game = gameOf(gameId);
      if (game.winner !== null) throw new Refusal(409, `game ${game.id} is over: start another`);
      const played = nextRound(options, game, user);
      if (!store.addRound(game.id, played.round, { at: now(), winner: played.winner, version: played.model?.version ?? null })) throw new Refusal(409, `round ${played.round.number} of game ${game.id} was played meanwhile`);
      options.onRound?.(played);
      return played;
    },
    nextPoints: (gameId) => {
      const round = store.rounds(gameOf(gameId).id).length + 1;
      return { round, points: roundPoints(gameId, round) };
    },
  };
}

function nextRound({ store, model, random }: GameServiceOptions, game: StoredGame, user: Move): PlayedRound {
  const policy = botPolicyOf(game.policy);
  if (policy === null) throw new Refusal(409, `game ${game.id} was begun under the policy "${game.policy}", which is gone`);
  const history = store.rounds(game.id);
  const number = history.length + 1;
  const points = roundPoints(game.id, number);
  const score = scoreAfter(history);
  const opening = number <= OPENING_ROUNDS ? (game.openingMoves[number - 1] ?? null) : null;
  const served = opening === null ? model(policy.model, game.alias as Slot) : null;
  const choice = opening === null ? chooseMove(policy, served, { history, points, score, round: number, random }) : null;
  const round = playRound(score, { number, points, user, bot: opening ?? choice!.move });
  return { game, policy, round, points, choice, model: served, winner: winnerOf({ user: round.userScore, bot: round.botScore }) };
}
