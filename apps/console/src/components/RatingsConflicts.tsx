import type { ConflictPage, MatchDetail } from "@gauntlet/contract";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState, type JSX } from "react";

import { conflictsQuery } from "../api/ratings.ts";
import { count } from "../format/number.ts";
import { fieldRows, STRATEGY_WORDS } from "../format/ratings.ts";
import { Digest } from "./Digest.tsx";
import { FailureNote } from "./FailureNote.tsx";
import { Icon } from "./Icon.tsx";
import { Panel } from "./Panel.tsx";
import { PurgeDialog } from "./PurgeDialog.tsx";
import { ResolveDialog } from "./ResolveDialog.tsx";
import { ScrollRegion } from "./ScrollRegion.tsx";

/** What a person is about to do; without a version to keep, the whole match is taken out. */
interface Choice {
  readonly match: MatchDetail;
  readonly keep: string | null;
}

/** Matches that two nodes tell differently, each version beside the others, and who may say which is right. */
export function RatingsConflicts({ config }: { readonly config: string }): JSX.Element {
  const query = useInfiniteQuery(conflictsQuery(config));
  const [choice, setChoice] = useState<Choice | null>(null);
  const [done, setDone] = useState<string | null>(null);
  const [first] = query.data?.pages ?? [];
  const conflicts = query.data?.pages.flatMap((page) => page.conflicts) ?? [];
  return (
    <Panel title="Conflicts" {...(first === undefined || first.total === 0 ? {} : { note: noteOf(first) })} id="conflicts">
      <output className="done-region">{done === null ? null : <span className="note note-good">{done}</span>}</output>
      {query.isError ? <FailureNote title="The conflicts can't be read" error={query.error} retry={() => void query.refetch()} /> : null}
      {first !== undefined && conflicts.length === 0 ? <p className="quiet">Nobody tells a match of this configuration differently.</p> : null}
      <ul className="conflicts">
        {conflicts.map((conflict) => (
          <Conflict key={conflict.matchId} conflict={conflict} onChoose={(keep) => setChoice({ match: conflict, keep })} />
        ))}
      </ul>
      {query.hasNextPage ? (
        <button type="button" className="button" onClick={() => void query.fetchNextPage()}>
          Show more <span className="quiet">({count((first?.total ?? 0) - conflicts.length)} more)</span>
        </button>
      ) : null}
      {choice === null ? null : (
        <Acting
          choice={choice}
          onClose={() => setChoice(null)}
          onDone={(said) => {
            setDone(said);
            setChoice(null);
          }}
        />
      )}
    </Panel>
  );
}

function Acting({ choice: { match, keep }, onClose, onDone }: { readonly choice: Choice; readonly onClose: () => void; readonly onDone: (said: string) => void }): JSX.Element {
  if (keep === null) return <PurgeDialog match={match} onClose={onClose} onDone={() => onDone(`Match ${match.matchId} is taken out, here and on every node that is reconciled with this one.`)} />;
  const others = match.versions.length === 2 ? "version is" : "versions are";
  return <ResolveDialog match={match} keep={keep} onClose={onClose} onDone={() => onDone(`Match ${match.matchId} is settled: its other ${others} taken out, here and on every node that is reconciled with this one.`)} />;
}

function noteOf({ total, strategy }: ConflictPage): string {
  return `${count(total)} ${total === 1 ? "match has" : "matches have"} more than one version; ${STRATEGY_WORDS[strategy]}`;
}

function Conflict({ conflict, onChoose }: { readonly conflict: MatchDetail; readonly onChoose: (keep: string | null) => void }): JSX.Element {
  const versions = conflict.versions.filter((version) => !version.takenOut);
  const rows = fieldRows(versions);
  const differing = rows.filter((row) => row.differs).map((row) => row.name.toLowerCase());
  return (
    <li className="conflict">
      <h3>
        <code>{conflict.matchId}</code> <span className="quiet">differs in {differing.join(", ")}</span>
      </h3>
      <ScrollRegion label={`Versions of match ${conflict.matchId}`}>
        <table className="versions">
          <thead>
            <tr>
              <th scope="col">
                <span className="hidden">Field</span>
              </th>
              {versions.map((version, index) => (
                <th key={version.contentId} scope="col">
                  Version {index + 1} <Digest value={version.contentId} length={8} />{" "}
                  {version.counts ? (
                    <span className="flag flag-counts">
                      <Icon name="pass" /> counts
                    </span>
                  ) : null}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.name} className={row.differs ? "differs" : undefined}>
                <th scope="row">
                  {row.name}
                  {row.differs ? <span className="differs-mark"> ≠<span className="hidden"> differs</span></span> : null}
                </th>
                {row.values.map((value, index) => (
                  <td key={versions[index]?.contentId}>{value}</td>
                ))}
              </tr>
            ))}
            <tr>
              <th scope="row">
                <span className="hidden">Settle</span>
              </th>
              {versions.map((version, index) => (
                <td key={version.contentId}>
                  <button type="button" className="button button-small" onClick={() => onChoose(version.contentId)}>
                    Keep this one<span className="hidden">: version {index + 1} of match {conflict.matchId}</span>
                  </button>
                </td>
              ))}
            </tr>
          </tbody>
        </table>
      </ScrollRegion>
      <button type="button" className="link-button conflict-none" onClick={() => onChoose(null)}>
        None of them is right<span className="hidden"> for match {conflict.matchId}</span>: take the match out
      </button>
    </li>
  );
}
