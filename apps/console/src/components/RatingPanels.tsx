import type { RatingProgress } from "@gauntlet/contract";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { JSX } from "react";

import { ratingProgressQuery } from "../api/queries.ts";
import { count, percent } from "../format/number.ts";
import { pairParts, singleParts, testWords, winRateWords, type ResultPart } from "../format/rating-progress.ts";
import { elo, eloInterval } from "../format/ratings.ts";
import { FailureNote } from "./FailureNote.tsx";
import { Loading } from "./Loading.tsx";
import { Panel } from "./Panel.tsx";
import { ScrollRegion } from "./ScrollRegion.tsx";
import { SequentialTest } from "./SequentialTest.tsx";
import { Version } from "./Version.tsx";

/** What a promotion by matches shows in the place of an A/B test's evidence. */
export function RatingPanels({ model }: { readonly model: string }): JSX.Element {
  const query = useQuery(ratingProgressQuery(model));
  if (query.isError && query.data === undefined) return <FailureNote title="What the matches say can't be read" error={query.error} retry={() => void query.refetch()} />;
  if (query.data === undefined) return <Loading what="what the matches say" lines={6} />;
  const { data } = query;
  return (
    <>
      {data.test === null ? null : (
        <Panel title="Sequential test" note="of their games against each other; it may be looked at after every game" id="sequential-test">
          <p className="test-words">{testWords(data.test)}</p>
          <SequentialTest test={data.test} />
        </Panel>
      )}
      <Sides progress={data} />
    </>
  );
}

/** Who is compared, by all matches and by those of the two. */
function Sides({ progress }: { readonly progress: RatingProgress }): JSX.Element {
  const { config, challenger, baseline, difference, tiers } = progress;
  const compared = [challenger, ...(baseline === null ? [] : [baseline])];
  return (
    <Panel title="Matches" note="no traffic is moved: the versions are compared by what they played" id="played">
      <ScrollRegion label="The compared versions">
        <table>
          <thead>
            <tr>
              <th scope="col">Compared</th>
              <th scope="col">Plays as</th>
              <th scope="col" className="number">
                Elo, fitted
              </th>
              <th scope="col">Interval</th>
              <th scope="col" className="number">
                Matches
              </th>
              <th scope="col" className="number">
                Points
              </th>
              <th scope="col" className="number">
                Service Elo
              </th>
            </tr>
          </thead>
          <tbody>
            {compared.map((side, index) => (
              <Side key={side.participant} side={side} role={index === 0 ? "challenger" : "baseline"} />
            ))}
          </tbody>
        </table>
      </ScrollRegion>
      {baseline === null ? null : <Against progress={progress} baseline={baseline.participant} />}
      {baseline === null || difference !== null ? null : <p className="note note-warn">{challenger.participant} and {baseline.participant} can&apos;t be compared yet: no chain of wins leads both ways between them.</p>}
      {tiers.length === 0 ? null : <Tiers tiers={tiers} />}
      <p className="quiet rating-link">
        <Link to="/ratings/$config" params={{ config }} search={{ compare: compared.map(({ participant }) => participant) }}>
          All ratings of {config}
        </Link>
      </p>
    </Panel>
  );
}

function Side({ side, role }: { readonly side: RatingProgress["challenger"]; readonly role: string }): JSX.Element {
  const { version, participant, games, winRate, serviceElo, standardError, anchored } = side;
  const half = 1.96 * (standardError ?? 0);
  return (
    <tr>
      <th scope="row">
        {role} {version === null ? null : <Version version={version} />}
      </th>
      <td>{participant}</td>
      <td className="number">
        <strong>{side.elo === null ? "–" : elo(side.elo, anchored)}</strong>
      </td>
      <td>{side.elo === null ? "not rated yet" : eloInterval({ low: side.elo - half, high: side.elo + half }, anchored)}</td>
      <td className="number">{count(games)}</td>
      <td className="number">{winRateWords(winRate)}</td>
      <td className="number">{serviceElo === null ? "–" : count(Math.round(serviceElo))}</td>
    </tr>
  );
}

function Against({ progress, baseline }: { readonly progress: RatingProgress; readonly baseline: string }): JSX.Element {
  const { games, difference } = progress;
  const [singles, pairs] = [singleParts(progress), pairParts(progress)];
  return (
    <div className="rating-against">
      <p>
        <strong>{count(games)}</strong> {games === 1 ? "game" : "games"} against {baseline}.{" "}
        {difference === null ? null : (
          <>
            By all matches it is ahead by <strong>{elo(difference.elo, false)} Elo</strong> ({eloInterval(difference, false)}), and the stronger with a likelihood of {percent(difference.superiority, 1)}.
          </>
        )}
      </p>
      {singles.length === 0 ? null : <ResultBar title="Single games" parts={singles} />}
      {pairs.length === 0 ? null : <ResultBar title="Pairs of games, seats swapped" parts={pairs} />}
    </div>
  );
}

/** Widths follow the counts; every part is named below with its number. */
function ResultBar({ title, parts }: { readonly title: string; readonly parts: readonly ResultPart[] }): JSX.Element {
  return (
    <figure className="results">
      <figcaption className="quiet">{title}</figcaption>
      <svg className="results-bar" width="100%" height="16" aria-hidden="true">
        {parts.map((part) => (
          <rect key={part.name} className={`result-${part.tone}`} x={`${part.from * 100}%`} width={`${part.share * 100}%`} height="16" />
        ))}
      </svg>
      <ul className="chart-key">
        {parts.map((part) => (
          <li key={part.name}>
            <span className={`result-swatch result-${part.tone}`} aria-hidden="true" /> {part.name}: {count(part.count)}
          </li>
        ))}
      </ul>
    </figure>
  );
}

function Tiers({ tiers }: { readonly tiers: RatingProgress["tiers"] }): JSX.Element {
  return (
    <p className="rating-tiers">
      Tiers begin at{" "}
      {tiers.map((tier, index) => (
        <span key={tier.name}>
          {index === 0 ? "" : ", "}
          {tier.target ? <strong>{`${tier.name}: ${count(Math.round(tier.elo))}, asked for`}</strong> : `${tier.name}: ${count(Math.round(tier.elo))}`}
        </span>
      ))}
      .
    </p>
  );
}
