import type { SyncPeers } from "@gauntlet/contract";
import type { JSX } from "react";

import { count } from "../format/number.ts";
import { ago } from "../format/time.ts";
import { Icon } from "./Icon.tsx";
import { ScrollRegion } from "./ScrollRegion.tsx";

interface SyncPeerTableProps {
  readonly peers: SyncPeers["peers"];
  readonly configs: readonly string[];
  readonly now: number;
}

/** Node by node and configuration by configuration: the same matches, or how many here and there. */
export function SyncPeerTable({ peers, configs, now }: SyncPeerTableProps): JSX.Element {
  const columns = [...new Set([...configs, ...peers.flatMap((peer) => peer.configs.map(({ config }) => config))])];
  return (
    <ScrollRegion label="What other nodes hold, by configuration">
      <table>
        <thead>
          <tr>
            <th scope="col">Node</th>
            <th scope="col">Equal with it</th>
            {columns.map((config) => (
              <th key={config} scope="col">
                {config}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {peers.map((peer) => (
            <tr key={peer.name}>
              <th scope="row">
                {peer.name} <span className="quiet">{peer.address === null ? "not in the configuration" : peer.transport === "ssh" ? "SSH" : "HTTP"}</span>
              </th>
              <td>{peer.equalAt === null ? "never yet" : ago(peer.equalAt, now)}</td>
              {columns.map((config) => (
                <td key={config}>
                  <Held held={peer.configs.find((one) => one.config === config)} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}

function Held({ held }: { readonly held: SyncPeers["peers"][number]["configs"][number] | undefined }): JSX.Element {
  if (held === undefined) return <span className="quiet">unknown</span>;
  if (held.equal) {
    return (
      <span className="check-pass">
        <Icon name="pass" /> equal
      </span>
    );
  }
  return (
    <span className="check-warn">
      <Icon name="warn" /> {count(held.ours.count)} here, {count(held.theirs.count)} there
    </span>
  );
}
