import { Failure } from "@gauntlet/core";
import type { ImportReport, MatchLedger } from "@gauntlet/server";
import { resolve } from "node:path";

import type { Cli } from "../output/cli.ts";
import { withThisNode } from "../reconcile/this-node.ts";
import { configOf } from "../session/open-session.ts";
import type { MatchSource } from "./read-match-source.ts";

/** What became of the rows; with `duplicates` and what was refused before, they are all of them. */
export interface Imported {
  readonly added: number;
  readonly known: number;
  readonly conflicts: number;
  readonly resolved: number;
  readonly participantsAdded: number;
  /** Rows that the ledger would not have. */
  readonly rejected: number;
}

/** Into the ledger of this Gauntlet: through the server that holds it, or in this process. */
export function importIntoLedger(cli: Cli, source: MatchSource): Promise<Imported> {
  return withThisNode(cli, { command: "ratings import", options: {} }, {
    server: async (client) => {
      const { added, skipped, conflicts, resolved, participantsAdded, rejected } = await client.matches.import(source.values.map(matchOf));
      return { added, known: skipped, conflicts, resolved, participantsAdded, rejected };
    },
    here: ({ ledger }) => importInto(ledger, source),
  });
}

/** Into a folder of segments, which is made when it is not there. */
export async function importIntoFolder(cli: Cli, folder: string, source: MatchSource): Promise<Imported> {
  const { ledgerOfStore, openMatchSegments, systemClock } = await import("@gauntlet/server");
  const config = await configOf(cli);
  const store = await openMatchSegments({ folder: resolve(cli.cwd, folder), mode: "exclusive", holder: "gauntlet ratings import", onTorn: ({ path, keptAs }) => cli.note(`an append to ${path} never ended; it was cut off, and kept as ${keptAs}`) });
  try {
    return await importInto(await ledgerOfStore(config, { store, clock: systemClock }), source);
  } finally {
    await store.close();
  }
}

async function importInto(ledger: MatchLedger, { values }: MatchSource): Promise<Imported> {
  const { counters, participantsAdded, rejectedCount }: ImportReport = await ledger.importMatches(values);
  return { added: counters.added, known: counters.skipped, conflicts: counters.conflicts, resolved: counters.resolved, participantsAdded, rejected: rejectedCount };
}

type SentMatch = Parameters<Parameters<Parameters<typeof withThisNode>[2]["server"]>[0]["matches"]["import"]>[0][number];

/** The server's import takes matches, not records. */
function matchOf(value: unknown): SentMatch {
  const record = value as SentMatch | { readonly match: SentMatch } | { readonly tombstone: unknown };
  if ("tombstone" in record) throw new Failure("forbidden", "the folder holds purges, which an import over HTTP doesn't take", { fix: "purge them there, or stop the server and import into its data directory" });
  return "match" in record ? record.match : record;
}
