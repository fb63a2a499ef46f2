import type { JSX } from "react";

import { points } from "../format/number.ts";
import { MOVE_NAMES } from "../format/words.ts";
import { scoreOf, WINNING_SCORE, type Match, type PlayedRound } from "../match/match.ts";

/** Two lanes to ten points; each piece is what one round brought. */
export function ScoreTrack({ match, bot }: { readonly match: Match; readonly bot: string }): JSX.Element {
  const score = scoreOf(match);
  return (
    <div className="track">
      <Lane who="You" side="user" score={score.user} pieces={match.rounds.map((round) => [round.userGain, round] as const)} />
      <Lane who={bot} side="bot" score={score.bot} pieces={match.rounds.map((round) => [round.botGain, round] as const)} />
    </div>
  );
}

interface LaneProps {
  readonly who: string;
  readonly side: "user" | "bot";
  readonly score: number;
  readonly pieces: readonly (readonly [gain: number, round: PlayedRound])[];
}

function Lane({ who, side, score, pieces }: LaneProps): JSX.Element {
  // Who goes beyond ten fills the lane, whatever the last round brought.
  const scale = Math.max(WINNING_SCORE, score);
  return (
    <div className={`lane ${side}`}>
      <span className="lane-who">{who}</span>
      <div className="lane-bar" aria-hidden="true">
        {pieces
          .filter(([gain]) => gain > 0)
          .map(([gain, round]) => (
            <span
              key={round.number}
              className={round.result === "draw" ? "piece is-draw" : "piece"}
              style={{ width: `${(gain / scale) * 100}%` }}
              title={`Round ${round.number}: ${points(gain)} with ${MOVE_NAMES[side === "user" ? round.user : round.bot].toLowerCase()}`}
            />
          ))}
      </div>
      <span className="lane-score">
        {points(score)}
        <span className="hidden"> of {WINNING_SCORE} points</span>
      </span>
    </div>
  );
}
