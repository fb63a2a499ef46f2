import { Link } from "@tanstack/react-router";
import { useEffect, useRef, type JSX } from "react";

import { percent, points } from "../format/number.ts";
import { guessedRight, scoreOf, type Match } from "../match/match.ts";
import { opponentOf } from "../opponents/opponents.ts";
import { Confetti } from "./Confetti.tsx";
import { Race } from "./Race.tsx";

interface EndPanelProps {
  readonly match: Match;
  readonly rematch: () => void;
  readonly leave: () => void;
  readonly busy: boolean;
}

/** How it ended, how it came about, and what to do next; the rematch has the focus, so that Enter plays on. */
export function EndPanel({ match, rematch, leave, busy }: EndPanelProps): JSX.Element {
  const first = useRef<HTMLButtonElement>(null);
  useEffect(() => first.current?.focus({ preventScroll: true }), []);
  const { shown } = opponentOf(match.opponent);
  const score = scoreOf(match);
  const { right, of } = guessedRight(match);
  return (
    <section className={`end is-${match.winner}`} aria-label="The end of the match">
      {match.winner === "user" ? <Confetti /> : null}
      <h2>{TITLES[match.winner ?? "tie"](shown)}</h2>
      <p className="end-score">
        {points(score.user)} <span className="quiet">to</span> {points(score.bot)}
      </p>
      <Race match={match} bot={shown} />
      {of === 0 ? null : (
        <p>
          {shown} guessed {right} of your {of} moves ({percent(right / of)}); blind luck gets a third.
        </p>
      )}
      <div className="end-acts">
        <button ref={first} type="button" className="button big" aria-disabled={busy} onClick={rematch}>
          Rematch
        </button>
        <button type="button" className="button quiet" onClick={leave}>
          Another opponent
        </button>
        <Link to="/leaderboard" className="button quiet">
          Leaderboard
        </Link>
      </div>
    </section>
  );
}

const TITLES = {
  user: () => "The match is yours",
  bot: (bot: string) => `${bot} takes the match`,
  tie: () => "A tie, to the tenth of a point",
} as const;
