import type { ConflictPage, MatchDetail, MatchImport, MatchView } from "@gauntlet/contract";
import { MATCH_IMPORT_MAX, REJECTED_ROWS_MAX } from "@gauntlet/contract/limits";
import { paths } from "@gauntlet/contract/paths";

import { batchesOf } from "./batches.ts";
import { newKey, type CallOptions, type ChangeOptions, type Connection } from "./connection.ts";
import { change, query, read } from "./read.ts";

/** A match as it is sent: with `winner` or `places`, and what is known of the rest. */
export interface SentMatch {
  readonly id: string;
  /** In the order of their seats. */
  readonly players: readonly string[];
  /** For each player: less is better, equal is a tie. */
  readonly places?: readonly number[];
  /** null: a draw of all. */
  readonly winner?: string | null;
  readonly board: string;
  /** Seats of the game; left out: the number of players. */
  readonly numPlayers?: number;
  readonly length?: number | null;
  readonly durationMs?: number | null;
  /** Milliseconds since the Unix epoch, or ISO-8601 with a zone. */
  readonly at: number | string;
  /** Left out: the node that is asked. */
  readonly origin?: string;
  readonly tournament?: string | null;
}

export interface Matches {
  /**
   * As many as you like: they go in batches as large as the server takes, each under a key made of yours. A match that is
   * held counts once, whoever sends it. A row that is refused keeps no other out, and is named by its place in the list.
   */
  import(matches: readonly SentMatch[], options?: ChangeOptions): Promise<MatchImport>;
  /** Those of a configuration, such as `square8_2p`, that count: newest first, page after page. */
  list(config: string, options?: CallOptions & { readonly participant?: string }): AsyncGenerator<MatchView, void>;
  /** Everything that is held of one match. @throws Failure `not_found` */
  get(matchId: string, options?: CallOptions): Promise<MatchDetail>;
  /** Matches of which several versions stand, by id; `after` is `nextAfter` of the page before. */
  conflicts(of?: { readonly config?: string; readonly after?: string; readonly limit?: number }, options?: CallOptions): Promise<ConflictPage>;
  /** The version that is named stays, the others are taken out, on every node. */
  resolve(matchId: string, resolution: { readonly keep: string; readonly reason: string }, options?: ChangeOptions): Promise<MatchDetail>;
  /** Takes a match out of the ratings, in every version held or still to come, on every node. */
  purge(matchId: string, reason: string, options?: ChangeOptions): Promise<MatchDetail>;
}

export function matches(server: Connection): Matches {
  return {
    import: (sent, options) => importAll(server, sent, options),
    async *list(config, options = {}) {
      let before: string | null | undefined;
      while (before !== null) {
        const page: { readonly matches: readonly MatchView[]; readonly nextBefore: string | null } = await read(server, paths.ratingConfig(config, "matches") + query({ participant: options.participant, before }), options);
        yield* page.matches;
        before = page.nextBefore;
      }
    },
    get: (matchId, options) => read(server, paths.match(matchId), options),
    conflicts: (of = {}, options = {}) => read(server, paths.conflicts + query({ ...of }), options),
    resolve: (matchId, body, options) => change(server, { path: paths.matchAct(matchId, "resolve"), body, options }),
    purge: (matchId, reason, options) => change(server, { path: paths.matchAct(matchId, "purge"), body: { reason }, options }),
  };
}

async function importAll(server: Connection, sent: readonly SentMatch[], options: ChangeOptions | undefined): Promise<MatchImport> {
  const key = options?.key ?? newKey();
  const total = { added: 0, skipped: 0, conflicts: 0, resolved: 0, participantsAdded: 0, rejected: 0, rejectedRows: [] as MatchImport["rejectedRows"] };
  for (const { from, batch } of batchesOf(sent, MATCH_IMPORT_MAX)) {
    const answer = await change<MatchImport>(server, { path: paths.matchImport, body: { matches: batch }, options: { ...options, key: from === 0 ? key : `${key}.${from}` } });
    for (const counter of ["added", "skipped", "conflicts", "resolved", "participantsAdded", "rejected"] as const) total[counter] += answer[counter];
    for (const row of answer.rejectedRows) if (total.rejectedRows.length < REJECTED_ROWS_MAX) total.rejectedRows.push({ ...row, index: from + row.index });
  }
  return total;
}
