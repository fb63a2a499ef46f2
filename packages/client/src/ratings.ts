import type { LadderEntry, RatingConfigs, RatingLadderPage, RatingMatrix, RatingTrajectories } from "@gauntlet/contract";
import { paths } from "@gauntlet/contract/paths";

import type { CallOptions, Connection } from "./connection.ts";
import { query, read } from "./read.ts";

/** A `config` is a board and a number of players, such as `square8_2p`: ratings are only compared within one. */
export interface Ratings {
  /** What the node holds of matches. */
  configs(options?: CallOptions): Promise<RatingConfigs>;
  /** One page of the ladder. @throws Failure `not_found` for a configuration without matches. */
  ladder(config: string, page?: { readonly offset?: number; readonly limit?: number }, options?: CallOptions): Promise<RatingLadderPage>;
  /** The ladder to its end. A match that comes in the middle begins it again, so that all rows are of one ledger. */
  wholeLadder(config: string, options?: CallOptions): Promise<readonly LadderEntry[]>;
  /** Each against each, of those named or of the first of the ladder. */
  matrix(config: string, of?: { readonly participants?: readonly string[]; readonly limit?: number }, options?: CallOptions): Promise<RatingMatrix>;
  trajectories(config: string, of: { readonly participants: readonly string[]; readonly against?: string; readonly cuts?: number }, options?: CallOptions): Promise<RatingTrajectories>;
}

const PAGE = 500;

export function ratings(server: Connection): Ratings {
  const ladder: Ratings["ladder"] = (config, page = {}, options = {}) => read(server, paths.ratingConfig(config, "ladder") + query({ ...page }), options);
  return {
    configs: (options) => read(server, paths.ratings, options),
    ladder,
    async wholeLadder(config, options) {
      let rows: LadderEntry[] = [];
      let digest: string | null = null;
      for (let offset: number | null = 0; offset !== null; ) {
        const page: RatingLadderPage = await ladder(config, { offset, limit: PAGE }, options);
        if (digest !== null && page.digest !== digest) [rows, digest, offset] = [[], null, 0];
        else {
          rows.push(...page.rows);
          [digest, offset] = [page.digest, page.nextOffset];
        }
      }
      return rows;
    },
    matrix: (config, { participants, limit } = {}, options = {}) => read(server, paths.ratingConfig(config, "matrix") + query({ participant: participants, limit }), options),
    trajectories: (config, { participants, against, cuts }, options) => read(server, paths.ratingConfig(config, "trajectories") + query({ participant: participants, against, cuts }), options),
  };
}
