import type { JSX } from "react";

import { WINNING_SCORE, type Match } from "../match/match.ts";

const WIDTH = 640;
const HEIGHT = 140;
const PAD = 6;

/** Both scores, round by round. */
export function Race({ match, bot }: { readonly match: Match; readonly bot: string }): JSX.Element {
  const top = Math.max(WINNING_SCORE, ...match.rounds.flatMap(({ userScore, botScore }) => [userScore, botScore]));
  const x = (round: number) => PAD + (round / Math.max(1, match.rounds.length)) * (WIDTH - 2 * PAD);
  const y = (score: number) => HEIGHT - PAD - (score / top) * (HEIGHT - 2 * PAD);
  const line = (side: "userScore" | "botScore") => `M${x(0)} ${y(0)}${match.rounds.map((round) => `L${x(round.number).toFixed(1)} ${y(round[side]).toFixed(1)}`).join("")}`;
  return (
    <figure className="race">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={`The scores over ${match.rounds.length} rounds`}>
        <path className="race-goal" d={`M${PAD} ${y(WINNING_SCORE)}H${WIDTH - PAD}`} />
        <path className="race-bot" d={line("botScore")} />
        <path className="race-user" d={line("userScore")} />
      </svg>
      <figcaption>
        <span className="key-user">You</span> <span className="key-bot">{bot}</span>
      </figcaption>
    </figure>
  );
}
