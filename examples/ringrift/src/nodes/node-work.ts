import { gauntlet, type GauntletClient } from "@gauntlet/client";
import type { Match } from "@gauntlet/core";
import { openToken, worldClock, type OpenToken, type WorldClock } from "@gauntlet/example-shared";
import { compose, logToStderr, parseConfig, startServer, type Config, type RunningServer } from "@gauntlet/server";
import { setImmediate } from "node:timers/promises";

import { playMatch } from "../matches/play-match.ts";
import { readUnsigned } from "../player/read-unsigned.ts";
import { readVersion, type PlayerVersion } from "../player/version.ts";
import { RING37 } from "../rules/board.ts";
import type { Answer, NodeReport, Order, PeerAddress, SyncResult } from "./orders.ts";
import { ratingsOf } from "./ratings-config.ts";
import { reportOf, syncResults } from "./report.ts";

interface OpenNode {
  readonly name: string;
  readonly server: RunningServer;
  readonly token: OpenToken;
  readonly client: GauntletClient;
  readonly clock: WorldClock;
  readonly loaded: Map<string, PlayerVersion>;
}

const SECOND_MS = 1000;

/** What a node does with its orders, one after another. */
export function nodeWork(): (order: Order) => Promise<Answer<Order>> {
  let prepared: { readonly name: string; readonly dataDir: string } | null = null;
  let node: OpenNode | null = null;
  const opened = (): OpenNode => {
    if (node === null) throw new Error("this node is not open");
    return node;
  };
  return async (order) => {
    switch (order.kind) {
      case "prepare":
        prepared = order;
        return { token: await tokenForPeers(configOf(order, [])) };
      case "open":
        if (prepared === null) throw new Error("this node is not prepared");
        node = await openNode(prepared, order);
        return { port: Number(new URL(node.server.url as string).port) };
      case "load":
        opened().loaded.set(order.participant, order.release === "sound" ? readVersion(order.artifact) : readUnsigned(order.artifact));
        return null;
      case "clock":
        opened().clock.moveTo(order.at);
        return null;
      case "play":
        return play(opened(), order);
      case "reconcile":
        return reconcile(opened(), order);
      case "tell":
        return tell(opened());
      case "end":
        await node?.token.close();
        await node?.server.close();
        // The channel to whoever directs it would keep it alive.
        process.disconnect?.();
        return null;
    }
  };
}

function configOf({ name, dataDir }: { readonly name: string; readonly dataDir: string }, peers: readonly PeerAddress[]): Config {
  const file = { ratings: ratingsOf(name, peers) };
  return { ...parseConfig(JSON.stringify(file), `the node ${name}`, {}), dataDir, listen: { host: "127.0.0.1", port: 0 } };
}

/** Made before the server is, because the others' configuration must have it when they start. */
async function tokenForPeers(config: Config): Promise<string> {
  const composition = await compose(config, { holder: "ringrift node" });
  try {
    return (await openToken(composition, "other nodes")).secret;
  } finally {
    await composition.close();
  }
}

async function openNode(prepared: { readonly name: string; readonly dataDir: string }, { peers, at }: Order & { readonly kind: "open" }): Promise<OpenNode> {
  const clock = worldClock(at);
  const server = await startServer(configOf(prepared, peers), { clock, loop: false, holder: "ringrift node", log: (line) => (line.level === "error" ? logToStderr(line) : undefined) });
  const token = await openToken(server.composition, "this node");
  return { name: prepared.name, server, token, client: gauntlet({ url: server.url as string, token: token.secret }), clock, loaded: new Map() };
}

async function play({ name, server, clock, loaded }: OpenNode, { games, at }: Order & { readonly kind: "play" }): Promise<Answer<{ kind: "play" } & Order>> {
  clock.moveTo(at + games.length * SECOND_MS);
  const matches: Match[] = [];
  for (const [i, game] of games.entries()) {
    matches.push(playMatch(game, loaded, { board: RING37, at: at + i * SECOND_MS, origin: name }));
    // Others may be asking for this node's ledger.
    await setImmediate();
  }
  const ledger = await server.composition.matches();
  const { rejectedCount, rejected } = await ledger.importMatches(matches);
  if (rejectedCount > 0) throw new Error(`${name} refused a match of its own: ${JSON.stringify(rejected[0])}`);
  return { recorded: matches.length };
}

async function reconcile({ client }: OpenNode, { peers }: Order & { readonly kind: "reconcile" }): Promise<readonly SyncResult[]> {
  return syncResults(await client.sync.reconcile(peers));
}

async function tell({ name, server }: OpenNode): Promise<NodeReport> {
  return reportOf(name, await server.composition.matches());
}
