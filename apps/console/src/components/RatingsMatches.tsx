import type { MatchView } from "@gauntlet/contract";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useId, useState, type JSX } from "react";

import { matchesQuery } from "../api/ratings.ts";
import { count } from "../format/number.ts";
import { resultWords } from "../format/ratings.ts";
import { FailureNote } from "./FailureNote.tsx";
import { Moment } from "./Moment.tsx";
import { Panel } from "./Panel.tsx";
import { ScrollRegion } from "./ScrollRegion.tsx";

/** The matches themselves, newest first, of everybody or of one. */
export function RatingsMatches({ config, participants }: { readonly config: string; readonly participants: readonly string[] }): JSX.Element {
  const id = useId();
  const [participant, setParticipant] = useState<string | null>(null);
  const query = useInfiniteQuery(matchesQuery(config, participant));
  const matches = query.data?.pages.flatMap((page) => page.matches) ?? [];
  const chooser = (
    <label htmlFor={id} className="against">
      Of{" "}
      <select id={id} value={participant ?? ""} onChange={(event) => setParticipant(event.target.value === "" ? null : event.target.value)}>
        <option value="">everybody</option>
        {participants.map((one) => (
          <option key={one} value={one}>
            {one}
          </option>
        ))}
      </select>
    </label>
  );
  return (
    <Panel title="Matches" note="that count, newest first" id="matches" aside={chooser}>
      {query.isError ? <FailureNote title="The matches can't be read" error={query.error} retry={() => void query.refetch()} /> : null}
      <ScrollRegion label="Matches, newest first">
        <table>
          <thead>
            <tr>
              <th scope="col">Ended</th>
              <th scope="col">Result</th>
              <th scope="col">Seats</th>
              <th scope="col">Moves</th>
              <th scope="col">Recorded by</th>
              <th scope="col">Match</th>
            </tr>
          </thead>
          <tbody>
            {matches.map((match) => (
              <MatchRow key={match.id} match={match} />
            ))}
          </tbody>
        </table>
      </ScrollRegion>
      {query.hasNextPage ? (
        <button type="button" className="button" onClick={() => void query.fetchNextPage()}>
          Show older matches
        </button>
      ) : null}
    </Panel>
  );
}

function MatchRow({ match }: { readonly match: MatchView }): JSX.Element {
  return (
    <tr>
      <td>
        <Moment at={match.at} />
      </td>
      <td>{resultWords(match)}</td>
      <td>{match.players.join(", ")}</td>
      <td>{match.length === null ? "–" : count(match.length)}</td>
      <td>{match.origin}</td>
      <td>
        <code>{match.id}</code>
      </td>
    </tr>
  );
}
