import type { DriftHistoryView, RatingConfig, RatingConfigs, SyncPeers } from "@gauntlet/contract";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { JSX } from "react";

import { driftQuery, ratingsQuery, syncPeersQuery, syncRunsQuery } from "../api/ratings.ts";
import { Digest } from "../components/Digest.tsx";
import { FailureNote } from "../components/FailureNote.tsx";
import { Loading } from "../components/Loading.tsx";
import { Panel } from "../components/Panel.tsx";
import { ReconcileButton } from "../components/ReconcileButton.tsx";
import { ScrollRegion } from "../components/ScrollRegion.tsx";
import { SyncPeerTable } from "../components/SyncPeerTable.tsx";
import { SyncRuns } from "../components/SyncRuns.tsx";
import { useTitle } from "../components/use-title.ts";
import { DRIFT_WORDS, worstDrift } from "../format/drift.ts";
import { count } from "../format/number.ts";
import { ago } from "../format/time.ts";

/** What this node knows of matches, and how it stands with other nodes. */
export function RatingsPage(): JSX.Element {
  useTitle("Ratings");
  const query = useQuery(ratingsQuery);
  const drift = useQuery(driftQuery);
  return (
    <div className="page">
      <div className="page-head">
        <h1>Ratings</h1>
        {query.data === undefined ? null : <p className="quiet">node {query.data.node}</p>}
      </div>
      {query.isError ? <FailureNote title="The ratings can't be read" error={query.error} retry={() => void query.refetch()} /> : null}
      {query.isPending ? <Loading what="the ratings" lines={4} /> : null}
      {query.data?.configs.length === 0 ? <Beginning /> : null}
      {query.data === undefined || query.data.configs.length === 0 ? null : <Configs report={query.data} histories={drift.data?.histories ?? []} />}
      {query.data === undefined ? null : <Nodes report={query.data} />}
    </div>
  );
}

function Beginning(): JSX.Element {
  return (
    <div className="empty">
      <p>
        <strong>There is no match yet.</strong>
      </p>
      <p>
        Send them to <code>POST /v1/ratings/matches</code>, one JSON object a line, or bring those of a file with <code>gauntlet ratings import</code>.
      </p>
    </div>
  );
}

function Configs({ report, histories }: { readonly report: RatingConfigs; readonly histories: readonly DriftHistoryView[] }): JSX.Element {
  return (
    <Panel title="Configurations" note="ratings are only compared within one board and number of players">
      <ScrollRegion label="Matches, participants and digests by configuration">
        <table className="rating-configs">
          <thead>
            <tr>
              <th scope="col">Configuration</th>
              <th scope="col" className="number">
                Matches
              </th>
              <th scope="col" className="number">
                Participants
              </th>
              <th scope="col">Conflicts</th>
              <th scope="col">Drift</th>
              <th scope="col">Newest match</th>
              <th scope="col" title="Of all records: equal on nodes that hold the same">
                Digest
              </th>
            </tr>
          </thead>
          <tbody>
            {report.configs.map((config) => (
              <ConfigRow key={config.config} config={config} histories={histories} now={report.now} />
            ))}
          </tbody>
        </table>
      </ScrollRegion>
    </Panel>
  );
}

function ConfigRow({ config, histories, now }: { readonly config: RatingConfig; readonly histories: readonly DriftHistoryView[]; readonly now: number }): JSX.Element {
  const drift = worstDrift(histories, config.config);
  return (
    <tr>
      <th scope="row">
        <Link to="/ratings/$config" params={{ config: config.config }}>
          {config.config}
        </Link>{" "}
        <span className="quiet">
          {config.board}, {config.numPlayers} players
        </span>
      </th>
      <td className="number">{count(config.matches)}</td>
      <td className="number">{count(config.participants)}</td>
      <td>{config.conflicts === 0 ? "none" : <span className="flag flag-approval">{count(config.conflicts)} to settle</span>}</td>
      <td>
        <span className={`flag drift-${drift}`}>{DRIFT_WORDS[drift]}</span>
      </td>
      <td>{config.latestAt === null ? "–" : ago(config.latestAt, now)}</td>
      <td>
        <Digest value={config.digest} />
      </td>
    </tr>
  );
}

function Nodes({ report }: { readonly report: RatingConfigs }): JSX.Element {
  const peers = useQuery(syncPeersQuery);
  const runs = useQuery(syncRunsQuery);
  const reachable = peers.data?.peers.filter(({ address }) => address !== null).map(({ name }) => name) ?? [];
  return (
    <>
      <Panel title="Other nodes" note="what each held when they last met, beside what is held here now">
        {peers.isError ? <FailureNote title="The other nodes can't be read" error={peers.error} retry={() => void peers.refetch()} /> : null}
        {peers.data === undefined ? null : <Peers peers={peers.data.peers} report={report} />}
      </Panel>
      <Panel title="Sync runs" note="newest first; times in UTC" {...(reachable.length === 0 ? {} : { aside: <ReconcileButton peers={reachable} /> })}>
        {runs.isError ? <FailureNote title="The sync runs can't be read" error={runs.error} retry={() => void runs.refetch()} /> : null}
        {runs.data?.runs.length === 0 ? (
          <p className="quiet">
            No session with another node yet. <code>gauntlet sync --host</code> begins one, <code>gauntlet reconcile-all</code> one with every configured peer.
          </p>
        ) : null}
        {runs.data === undefined || runs.data.runs.length === 0 ? null : <SyncRuns runs={runs.data.runs} />}
      </Panel>
    </>
  );
}

function Peers({ peers, report }: { readonly peers: SyncPeers["peers"]; readonly report: RatingConfigs }): JSX.Element {
  if (peers.length === 0) {
    return (
      <p className="quiet">
        This node knows no other. Name them under <code>ratings.peers</code> in <code>gauntlet.yaml</code>.
      </p>
    );
  }
  return <SyncPeerTable peers={peers} configs={report.configs.map(({ config }) => config)} now={report.now} />;
}
