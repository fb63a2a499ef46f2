import { join } from "node:path";

import { startNode, type NodeProcess } from "./node-process.ts";
import type { PeerAddress } from "./orders.ts";
import { openRelay, type Relay } from "./relay.ts";

/** Nodes that know each other, and whoever directs them, over lines that can be cut. */
export interface Nodes {
  readonly all: readonly NodeProcess[];
  /** The nodes as the director reaches them. */
  readonly peers: readonly PeerAddress[];
  /** Cuts a node off from all others, and joins it again. */
  cutOff(name: string): void;
  join(name: string): void;
  end(): Promise<void>;
}

interface Line {
  readonly from: string;
  readonly to: string;
  readonly relay: Relay;
}

interface NodesRequest {
  readonly names: readonly string[];
  /** Each keeps its data in a folder of its own here. */
  readonly dataDir: string;
  readonly at: number;
}

/** Starts the processes, makes tokens, and opens every node with the addresses of the others. */
export async function openNodes({ names, dataDir, at }: NodesRequest): Promise<Nodes> {
  const all = names.map(startNode);
  const lines: Line[] = [];
  const end = async (): Promise<void> => {
    await Promise.all(all.map((node) => node.end()));
    await Promise.all(lines.map(({ relay }) => relay.close()));
  };
  try {
    const tokens = await Promise.all(all.map((node) => node.order({ kind: "prepare", name: node.name, dataDir: join(dataDir, "nodes", node.name) })));
    for (const from of [...names, DIRECTOR]) for (const to of names) if (from !== to) lines.push({ from, to, relay: await openRelay() });
    const addresses = (of: string): readonly PeerAddress[] =>
      lines.filter(({ from }) => from === of).map(({ to, relay }) => ({ name: to, url: relay.url, token: (tokens[names.indexOf(to)] as { readonly token: string }).token }));
    await Promise.all(
      all.map(async (node) => {
        const { port } = await node.order({ kind: "open", peers: addresses(node.name), at });
        for (const { to, relay } of lines) if (to === node.name) relay.leadTo(port);
      }),
    );
    const touching = (name: string) => lines.filter(({ from, to }) => from === name || to === name);
    return {
      all,
      peers: addresses(DIRECTOR),
      cutOff: (name) => touching(name).forEach(({ relay }) => relay.cut()),
      join: (name) => touching(name).forEach(({ relay }) => relay.mend()),
      end,
    };
  } catch (error) {
    await end();
    throw error;
  }
}

/** No node's name. */
const DIRECTOR = "director";
