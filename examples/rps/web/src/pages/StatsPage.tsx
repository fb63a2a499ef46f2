import { useQuery } from "@tanstack/react-query";
import type { JSX } from "react";

import { globalStatsQuery, lastGamesQuery, policyStatsQuery, winStreaksQuery } from "../api/queries.ts";
import { Asked } from "../components/Asked.tsx";
import { GameLengths } from "../components/GameLengths.tsx";
import { MovesOfBots } from "../components/MovesOfBots.tsx";
import { ResultsOfRounds } from "../components/ResultsOfRounds.tsx";
import { ShareLines } from "../components/ShareLines.tsx";
import { Streaks } from "../components/Streaks.tsx";
import { useTitle } from "../components/use-title.ts";
import { WinRates } from "../components/WinRates.tsx";
import { count } from "../format/number.ts";

export function StatsPage(): JSX.Element {
  useTitle("Stats");
  const everything = useQuery(globalStatsQuery);
  const policies = useQuery(policyStatsQuery);
  const streaks = useQuery(winStreaksQuery);
  const games = useQuery(lastGamesQuery);
  return (
    <div className="sheet">
      <header className="sheet-head">
        <h1>Stats</h1>
        <p className="lead">How the three fare, and how they are beaten.</p>
      </header>
      <Asked query={everything}>
        {(stats) => (
          <dl className="figures">
            <Figure name="Games" value={stats.total_games} />
            <Figure name="Rounds" value={stats.total_rounds} />
            <Figure name="Rounds, last 24 hours" value={stats.recent_activity.rounds_last_24h} />
            <Figure name="Rounds, last week" value={stats.recent_activity.rounds_last_week} />
          </dl>
        )}
      </Asked>
      <div className="plots">
        <WinRates />
        <Asked query={games}>{(last) => <ShareLines games={last.games.toReversed()} />}</Asked>
        <div className="plots-column">
          <Asked query={everything}>{(stats) => <ResultsOfRounds results={stats.result_distribution} />}</Asked>
          <Asked query={policies}>{(of) => <MovesOfBots policies={of} />}</Asked>
        </div>
        <div className="plots-column">
          <Asked query={streaks}>{({ players }) => <Streaks players={players} />}</Asked>
          <Asked query={games}>{(last) => <GameLengths games={last.games} />}</Asked>
        </div>
      </div>
    </div>
  );
}

function Figure({ name, value }: { readonly name: string; readonly value: number }): JSX.Element {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{count(value)}</dd>
    </div>
  );
}
