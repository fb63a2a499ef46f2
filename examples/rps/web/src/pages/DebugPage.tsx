import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState, type JSX } from "react";

import { isTokenRefused } from "../api/is-token-refused.ts";
import { modelsQuery } from "../api/queries.ts";
import { useStoredToken } from "../api/token.ts";
import { DebugRound } from "../components/DebugRound.tsx";
import { TokenGate } from "../components/TokenGate.tsx";
import { useTitle } from "../components/use-title.ts";
import type { PlayedRound } from "../match/match.ts";
import { savedMatch } from "../match/saved-match.ts";
import { opponentOf } from "../opponents/opponents.ts";

/** The rounds of this tab's match as the model saw them. */
export function DebugPage(): JSX.Element {
  useTitle("Debug");
  const check = useQuery({ ...modelsQuery, enabled: useStoredToken() !== null });
  return (
    <div className="sheet">
      <header className="sheet-head">
        <h1>Debug</h1>
        <p className="lead">What the model was shown in each round of this tab’s match, what it made of it, and which version it was.</p>
      </header>
      <TokenGate refused={isTokenRefused(check)}>
        <Rounds />
      </TokenGate>
    </div>
  );
}

function Rounds(): JSX.Element {
  const [match] = useState(savedMatch);
  const [chosen, choose] = useState<number | null>(null);
  const rounds = match?.rounds ?? [];
  const round = rounds.find(({ number }) => number === chosen) ?? rounds.at(-1);
  if (match === null || round === undefined) {
    return (
      <div className="empty">
        <p>
          <strong>No round in this tab yet.</strong> Play some with the token in this tab, then come back.
        </p>
        <Link to="/" className="button">
          Play a match
        </Link>
      </div>
    );
  }
  return (
    <div className={`debug ${match.opponent}`}>
      <RoundTabs rounds={rounds} shown={round.number} choose={choose} />
      <DebugRound round={round} bot={opponentOf(match.opponent).shown} match={match} />
    </div>
  );
}

function RoundTabs({ rounds, shown, choose }: { readonly rounds: readonly PlayedRound[]; readonly shown: number; readonly choose: (round: number) => void }): JSX.Element {
  return (
    <fieldset className="round-tabs">
      <legend>Round</legend>
      {rounds.map(({ number }) => (
        <label key={number}>
          <input type="radio" name="round" value={number} checked={number === shown} onChange={() => choose(number)} />
          <span>{number}</span>
        </label>
      ))}
    </fieldset>
  );
}
