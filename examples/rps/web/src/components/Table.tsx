import { useEffect, useRef, type JSX } from "react";

import { OPENING_ROUNDS, type Match } from "../match/match.ts";
import type { MatchControl } from "../match/use-match.ts";
import { spokenRound } from "../match/spoken-round.ts";
import { opponentOf } from "../opponents/opponents.ts";
import { EndPanel } from "./EndPanel.tsx";
import { GuessPanel } from "./GuessPanel.tsx";
import { MoveButtons } from "./MoveButtons.tsx";
import { Refusal } from "./Refusal.tsx";
import { RoundHistory } from "./RoundHistory.tsx";
import { ScoreTrack } from "./ScoreTrack.tsx";
import { Stage } from "./Stage.tsx";

interface TableProps {
  readonly control: MatchControl;
  readonly match: Match;
  readonly rematch: () => void;
  readonly leave: () => void;
}

/** One match: score, what was just played, the three moves; beside it what the bot thought, and the rounds so far. */
export function Table({ control, match, rematch, leave }: TableProps): JSX.Element {
  const { busy, failure, play, again } = control;
  const heading = useRef<HTMLHeadingElement>(null);
  const bot = opponentOf(match.opponent).shown;
  const last = match.rounds.at(-1) ?? null;
  const over = match.winner !== null;
  // A match begins under the reader's eyes: its heading is read, and Tab leads on to the moves.
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  return (
    <div className={`table ${match.opponent}`}>
      <div className="table-main">
        <div className="table-head">
          <h1 ref={heading} tabIndex={-1}>
            {match.playerName} <span className="versus">against</span> {bot}
          </h1>
          <p className="round-name">{over ? `${match.rounds.length} rounds` : `Round ${match.rounds.length + 1}${match.rounds.length < OPENING_ROUNDS ? ", opening" : ""}`}</p>
        </div>
        <ScoreTrack match={match} bot={bot} />
        <Stage match={match} busy={busy} />
        {over ? <EndPanel match={match} rematch={rematch} leave={leave} busy={busy} /> : <MoveButtons next={match.next} busy={busy} play={play} />}
        {failure === null ? null : <Refusal failure={failure} {...(over ? {} : { again })} />}
        <output className="hidden" aria-live="polite">
          {last === null ? "" : spokenRound(match, last, bot)}
        </output>
      </div>
      <aside className="table-side" aria-label="What happened so far">
        <GuessPanel match={match} bot={bot} />
        <RoundHistory rounds={match.rounds} bot={bot} />
        {over ? null : (
          <button type="button" className="button quiet small" onClick={leave}>
            Leave this match
          </button>
        )}
      </aside>
    </div>
  );
}
