import { points } from "../format/number.ts";
import type { Match, PlayedRound } from "./match.ts";

const GAINS = {
  win: (round: PlayedRound) => `You win ${points(round.userGain)} points.`,
  lose: (round: PlayedRound, bot: string) => `${bot} wins ${points(round.botGain)} points.`,
  draw: () => "A draw, half a point each.",
} as const;

/** A round in words, for who listens to the page. */
export function spokenRound(match: Pick<Match, "winner">, round: PlayedRound, bot: string): string {
  const played = `Round ${round.number}: you played ${round.user}, ${bot} played ${round.bot}.`;
  const score = `You ${points(round.userScore)}, ${bot} ${points(round.botScore)}.`;
  const guess = round.guess === null ? "" : ` ${bot} had expected ${round.guess.move}.`;
  return `${played} ${GAINS[round.result](round, bot)} ${score}${guess}${END[match.winner ?? "none"](bot)}`;
}

const END = {
  none: () => "",
  user: () => " The match is yours.",
  bot: (bot: string) => ` The match goes to ${bot}.`,
  tie: () => " The match is a tie.",
} as const;
