import { predictBatchAnswer, type PredictBatchAnswer } from "../../../src/http/predict-shapes.ts";
import { playAnswer, roundPointsAnswer, startGameAnswer, statsAnswer, type PlayAnswer, type PlayRequest, type RoundPointsAnswer, type StartGameAnswer, type StartGameRequest, type Stats } from "../../../src/http/shapes.ts";
import { post, read } from "./request.ts";

export function startGame(request: StartGameRequest): Promise<StartGameAnswer> {
  return post("/start_game", startGameAnswer, request);
}

/** With its round, so that a move that was sent twice is not played twice. */
export function playMove(request: PlayRequest & { readonly round: number }): Promise<PlayAnswer> {
  return post("/play", playAnswer, request);
}

export function roundPoints(gameId: string): Promise<RoundPointsAnswer> {
  return read(`/round_points?${new URLSearchParams({ game_id: gameId })}`, roundPointsAnswer);
}

/** How a game stands, by the server. */
export function standingOf(gameId: string): Promise<Stats> {
  return read(`/stats?${new URLSearchParams({ game_id: gameId })}`, statsAnswer);
}

/** What the models of some slots would have expected, in the order of the questions. */
export async function predictAll(questions: unknown): Promise<PredictBatchAnswer["results"]> {
  return (await post("/predict/batch", predictBatchAnswer, questions)).results;
}
