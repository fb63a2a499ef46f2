import type { SyncRunView } from "@gauntlet/contract";
import type { JSX } from "react";

import { count } from "../format/number.ts";
import { bytesWords, PATH_WORDS } from "../format/sync.ts";
import { Icon } from "./Icon.tsx";
import { Moment } from "./Moment.tsx";
import { ScrollRegion } from "./ScrollRegion.tsx";

/** Each session with another node: what it brought, and what it cost. */
export function SyncRuns({ runs }: { readonly runs: readonly SyncRunView[] }): JSX.Element {
  return (
    <ScrollRegion label="Sessions with other nodes, newest first">
      <table>
        <thead>
          <tr>
            <th scope="col">Ended</th>
            <th scope="col">Peer</th>
            <th scope="col">Outcome</th>
            <th scope="col">Difference found by</th>
            <th scope="col" className="number">
              Added
            </th>
            <th scope="col" className="number">
              Conflicts
            </th>
            <th scope="col" className="number">
              Sent
            </th>
            <th scope="col" className="number">
              Received
            </th>
            <th scope="col" className="number">
              Round trips
            </th>
          </tr>
        </thead>
        <tbody>
          {runs.map((run) => (
            <Run key={run.id} run={run} />
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}

function Run({ run }: { readonly run: SyncRunView }): JSX.Element {
  return (
    <tr>
      <td>
        <Moment at={Date.parse(run.synced_at)} />
      </td>
      <th scope="row">
        {run.remote_host} <span className="quiet">{run.transport === "ssh" ? "SSH" : "HTTP"}</span>
      </th>
      <td className="sync-outcome">
        <Outcome run={run} />
      </td>
      <td>{run.path === null ? "–" : PATH_WORDS[run.path]}</td>
      <td className="number">{count(run.matches_added)}</td>
      <td className="number">{count(run.matches_conflict + run.matches_resolved)}</td>
      <td className="number">{bytesWords(run.bytes_sent)}</td>
      <td className="number">{bytesWords(run.bytes_received)}</td>
      <td className="number">{count(run.round_trips)}</td>
    </tr>
  );
}

function Outcome({ run }: { readonly run: SyncRunView }): JSX.Element {
  if (run.error !== null) {
    return (
      <span className="check-fail">
        <Icon name="fail" /> {run.error}
      </span>
    );
  }
  if (run.equal === true) {
    return (
      <span className="check-pass">
        <Icon name="pass" /> equal
      </span>
    );
  }
  return (
    <span className="check-warn">
      <Icon name="warn" /> {run.equal === false ? "still different" : "not compared"}
      {run.records_rejected > 0 ? `; ${count(run.records_rejected)} of its records refused` : ""}
    </span>
  );
}
