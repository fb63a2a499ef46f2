import type { GauntletClient } from "@gauntlet/client";
import { Failure } from "@gauntlet/core";
import type { Composition, Config, MatchLedger, NodeSync, Peer, ReconcileReport, ReconcileWatch } from "@gauntlet/server";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";

import type { Cli } from "../output/cli.ts";
import { isFolder } from "../ratings/read-match-source.ts";
import { believed, noteRefused, readMatchFile } from "../ratings/read-match-file.ts";
import { runningServer } from "../session/changing.ts";
import { configOf } from "../session/open-session.ts";

/** Where this node's matches are. */
export interface NodeOptions {
  /** A file of matches, whose ledger is kept in a folder beside it; or a folder of segments, or a data directory. Left out: the configured data directory. */
  readonly localDb?: string;
}

/** The ledger of matches in this process, with what keeps runs. */
interface NodeHere {
  readonly config: Config;
  readonly ledger: MatchLedger;
  /** Null over a file: nothing but matches is kept there. */
  readonly composition: Composition | null;
  readonly sync: NodeSync | null;
  reconcile(peers: readonly Peer[], watch: ReconcileWatch): Promise<ReconcileReport>;
}

interface Ways<T> {
  /** The server that holds the data directory. */
  readonly server: (client: GauntletClient, config: Config) => Promise<T>;
  readonly here: (node: NodeHere) => Promise<T>;
}

/**
 * Does something with this node's ledger: through the server that holds it, or in this process.
 * @throws Failure `not_found` where there is none: a mistyped folder must not become a new, empty node
 */
export async function withThisNode<T>(cli: Cli, { command, options }: { readonly command: string; readonly options: NodeOptions }, ways: Ways<T>): Promise<T> {
  const named = options.localDb === undefined ? null : resolve(cli.cwd, options.localDb);
  const isDataDir = named !== null && existsSync(join(named, "gauntlet.db"));
  const configured = await configOf(cli);
  const config = isDataDir ? { ...configured, dataDir: named } : configured;
  if (named !== null && !isDataDir) return overFile(cli, { config, command, path: named }, ways.here);
  const client = await runningServer(cli, config);
  if (client !== null) return ways.server(client, config);
  if (config.store.kind === "sqlite" && !existsSync(config.dataDir)) throw new Failure("not_found", `there is no data in ${config.dataDir}`, { fix: "name the data directory with --data or GAUNTLET_DATA; `gauntlet up` makes a new one" });
  const { compose, nodeSync } = await import("@gauntlet/server");
  const composition = await compose(config, { holder: `gauntlet ${command}` });
  try {
    const sync = nodeSync(config, composition);
    return await ways.here({ config, ledger: await composition.matches(), composition, sync, reconcile: sync.reconcile });
  } finally {
    await composition.close();
  }
}

/** Rows of a file that name no node have the same origin everywhere, so that equal rows on two nodes are one record. */
const ORIGIN = "imported";

/** The ledger in a folder of segments; of a file, in `<file>.gauntlet`, with the file's new rows put into it first. The file itself is only read. */
async function overFile<T>(cli: Cli, { config, command, path }: { readonly config: Config; readonly command: string; readonly path: string }, work: (node: NodeHere) => Promise<T>): Promise<T> {
  const { ledgerOfStore, openMatchSegments, reconcilePeers, systemClock } = await import("@gauntlet/server");
  if (!existsSync(path)) throw new Failure("not_found", `there is nothing at ${path}`, { fix: "name a data directory, a folder of segments, or a file of matches: NDJSON, or SQLite in a known schema" });
  const folder = isFolder(path) ? path : `${path}.gauntlet`;
  const store = await openMatchSegments({ folder, mode: "exclusive", holder: `gauntlet ${command}`, onTorn: ({ path: torn }) => cli.note(`an append to ${torn} never ended, and is left out; its records come again`) });
  try {
    const ledger = await ledgerOfStore(config, { store, clock: systemClock });
    if (folder !== path) {
      const read = await readMatchFile(cli, path, ORIGIN);
      noteRefused(cli, path, read);
      await ledger.importMatches(believed(read, {}));
    }
    const { sync } = config.ratings;
    return await work({
      config,
      ledger,
      composition: null,
      sync: null,
      reconcile: (peers, watch) => reconcilePeers({ ledger, store: nowhere(), peers, parallel: sync.parallel, limit: () => AbortSignal.timeout(sync.timeoutMs), now: Date.now, newId: () => crypto.randomUUID(), ...watch }),
    });
  } finally {
    await store.close();
  }
}

/** What is recorded of runs lasts as long as the command. */
function nowhere(): Composition["store"]["sync"] {
  const peers = new Map<string, Awaited<ReturnType<Composition["store"]["sync"]["peers"]>>[number]>();
  return {
    recordRun: async (_run, peer) => void (peer !== null && peers.set(peer.peer, peer)),
    runs: async () => [],
    peers: async () => [...peers.values()],
    recordDrift: async () => undefined,
    drift: async () => [],
  };
}

