import type { JSX } from "react";

import { points } from "../format/number.ts";
import { MOVE_NAMES, RESULT_WORDS } from "../format/words.ts";
import { wasGuessed, type PlayedRound } from "../match/match.ts";
import { MoveIcon } from "./MoveIcon.tsx";

/** The newest first. */
export function RoundHistory({ rounds, bot }: { readonly rounds: readonly PlayedRound[]; readonly bot: string }): JSX.Element | null {
  if (rounds.length === 0) return null;
  return (
    <section className="panel history" aria-label="Rounds">
      <h2>Rounds</h2>
      <ol reversed>
        {rounds.toReversed().map((round) => (
          <li key={round.number} className={`round is-${round.result}`}>
            <span className="round-number">{round.number}</span>
            <span className="round-hands">
              <MoveIcon move={round.user} />
              <span className="hidden">
                You played {MOVE_NAMES[round.user].toLowerCase()}, {bot} {MOVE_NAMES[round.bot].toLowerCase()}
              </span>
              <span className="round-against" aria-hidden="true" />
              <MoveIcon move={round.bot} />
            </span>
            <span className="round-result">{RESULT_WORDS[round.result]}</span>
            <span className="round-gain">{gainOf(round)}</span>
            <span className="round-guess">{round.guess === null ? "" : wasGuessed(round) ? "guessed" : "missed"}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}

function gainOf(round: PlayedRound): string {
  if (round.result === "draw") return "½ each";
  return round.result === "win" ? `+${points(round.userGain)}` : `−${points(round.botGain)}`;
}
