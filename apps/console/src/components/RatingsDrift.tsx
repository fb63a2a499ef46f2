import type { DriftHistoryView, SyncPeers } from "@gauntlet/contract";
import { useQuery } from "@tanstack/react-query";
import type { JSX } from "react";

import { driftQuery, syncPeersQuery } from "../api/ratings.ts";
import { DRIFT_WORDS, driftCause, driftChart, driftState, historiesOf, points } from "../format/drift.ts";
import { count, counted } from "../format/number.ts";
import { CompareButton } from "./CompareButton.tsx";
import { FailureNote } from "./FailureNote.tsx";
import { Moment } from "./Moment.tsx";
import { Panel } from "./Panel.tsx";
import { SeriesChart } from "./SeriesChart.tsx";

/** How far this node's ratings of one configuration were from each other node's, check by check. */
export function RatingsDrift({ config }: { readonly config: string }): JSX.Element {
  const drift = useQuery(driftQuery);
  const peers = useQuery(syncPeersQuery);
  const histories = historiesOf(drift.data?.histories ?? [], config);
  const known = peers.data?.peers.filter(({ equalAt }) => equalAt !== null).map(({ name }) => name) ?? [];
  return (
    <Panel title="Drift" note="this node's ratings against each other node's; times in UTC" id="drift" aside={<CompareButton config={config} peers={known} />}>
      {drift.isError ? <FailureNote title="The drift can't be read" error={drift.error} retry={() => void drift.refetch()} /> : null}
      {drift.data !== undefined && histories.length === 0 ? (
        <p className="quiet">
          Nothing has been compared yet. <code>gauntlet check-drift</code> compares with another node&apos;s ratings, and so does every reconciliation.
        </p>
      ) : null}
      <div className="small-multiples drift-histories">
        {histories.map((history) => (
          <History key={`${history.peer} ${history.config_key}`} history={history} peer={peers.data?.peers.find(({ name }) => name === history.peer)} config={config} />
        ))}
      </div>
    </Panel>
  );
}

interface HistoryProps {
  readonly history: DriftHistoryView;
  readonly peer: SyncPeers["peers"][number] | undefined;
  readonly config: string;
}

function History({ history, peer, config }: HistoryProps): JSX.Element {
  const state = driftState(history);
  const last = history.snapshots.at(-1);
  return (
    <div className="drift-history">
      <SeriesChart chart={driftChart(history)} height={150} />
      <p>
        <span className={`flag drift-${state}`}>{DRIFT_WORDS[state]}</span>{" "}
        {last === undefined ? null : (
          <>
            at most {points(last.max_rating_diff)}, {points(last.avg_rating_diff)} on average, at <Moment at={Date.parse(last.checked_at)} />; {TREND_WORDS[history.trend]}
            {history.avg_drift_last_hour === null ? "" : `; mean of the last hour ${points(history.avg_drift_last_hour)}`}.
          </>
        )}
      </p>
      <Cause peer={peer} config={config} differs={(last?.max_rating_diff ?? 0) > 0} />
    </div>
  );
}

const TREND_WORDS: Readonly<Record<DriftHistoryView["trend"], string>> = { unknown: "too few checks for a trend", improving: "it shrinks", stable: "it stays as it is", worsening: "it grows" };

/** Whether reconciling would end it. */
function Cause({ peer, config, differs }: Omit<HistoryProps, "history"> & { readonly differs: boolean }): JSX.Element | null {
  const held = peer?.configs.find((one) => one.config === config);
  if (peer === undefined || held === undefined) return null;
  switch (driftCause(peer, config)) {
    case "order":
      return <p className="quiet">{`Both held the same ${counted(held.theirs.count, "record", "records")} when they last met${differs ? ": what differs is the order in which incremental ratings saw them. Ratings fitted to all matches do not" : ""}.`}</p>;
    case "data":
      return <p className="quiet">{`The ledgers differ: ${counted(held.ours.count, "record", "records")} here, ${count(held.theirs.count)} on ${peer.name} when they last met. Reconciling ends that part.`}</p>;
    case "unknown":
      return null;
  }
}
