import type { PeerAddress } from "./orders.ts";

/** The version that all ratings are told from: it stands where a beginner does. */
export const ANCHOR = "stones";

/** The section `ratings` of a node's configuration: the same on all of them, but for its name and its peers. */
export function ratingsOf(node: string, peers: readonly PeerAddress[]) {
  return {
    node,
    conflicts: "last_write_wins",
    anchors: { [ANCHOR]: 1500 },
    peers: Object.fromEntries(peers.map(({ name, url, token }) => [name, { kind: "http", url, token }])),
  };
}
