import { useQuery } from "@tanstack/react-query";
import type { JSX } from "react";

import { globalStatsQuery, policyStatsQuery } from "../api/queries.ts";
import { Asked } from "../components/Asked.tsx";
import { MovesOfBots } from "../components/MovesOfBots.tsx";
import { ResultsOfRounds } from "../components/ResultsOfRounds.tsx";
import { useTitle } from "../components/use-title.ts";
import { WinRates } from "../components/WinRates.tsx";
import { count } from "../format/number.ts";

export function StatsPage(): JSX.Element {
  useTitle("Stats");
  const everything = useQuery(globalStatsQuery);
  const policies = useQuery(policyStatsQuery);
  return (
    <div className="sheet">
      <header className="sheet-head">
        <h1>Stats</h1>
        <p className="lead">How people fare against the three, over all games that count.</p>
      </header>
      <Asked query={everything}>
        {(stats) => (
          <>
            <dl className="figures">
              <Figure name="Games" value={stats.total_games} />
              <Figure name="Rounds" value={stats.total_rounds} />
              <Figure name="Rounds, last 24 hours" value={stats.recent_activity.rounds_last_24h} />
              <Figure name="Rounds, last week" value={stats.recent_activity.rounds_last_week} />
            </dl>
            <div className="plots">
              <WinRates rows={stats.policy_performance} />
              <ResultsOfRounds results={stats.result_distribution} />
            </div>
          </>
        )}
      </Asked>
      <div className="plots">
        <Asked query={policies}>{(of) => <MovesOfBots policies={of} />}</Asked>
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
