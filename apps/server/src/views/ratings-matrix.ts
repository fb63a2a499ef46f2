import type { PairCell, RatingMatrix } from "@gauntlet/contract";
import type { MatchLedger } from "@gauntlet/controller";
import { uncertaintyOf, type MatchCounts, type RatingFit, type Uncertainty } from "@gauntlet/core";

import { ladderOf } from "./ratings-ladder.ts";

interface MatrixQuestion {
  readonly config: string;
  /** Empty: the first of the ladder. */
  readonly participants: readonly string[];
  readonly limit: number;
}

/** Each participant against each: by how much it leads, how likely it is the stronger, and how they fared against each other. */
export function matrixView(ledger: MatchLedger, { config, participants, limit }: MatrixQuestion): RatingMatrix {
  const fit = ledger.fit(config);
  const asked = new Set(participants);
  const { compare } = uncertainties(fit);
  // Asked for each, so that an unknown one is refused by name, and not left out.
  for (const id of asked) compare(id, id);
  const ids = ladderOf(fit).flatMap(({ participant }) => (asked.size === 0 || asked.has(participant) ? [participant] : [])).slice(0, asked.size === 0 ? limit : asked.size);
  const met = meetingsOf(ledger.counts(config), ids);
  const cells = ids.map((row, i) =>
    ids.map((column, j): PairCell => {
      if (i === j) return { kind: "self" };
      const comparison = compare(row, column);
      const meeting = met[i * ids.length + j] ?? NEVER;
      return comparison.kind === "incomparable" ? { kind: "incomparable", ...meeting } : { ...comparison, ...meeting };
    }));
  return { config, digest: ledger.digest(config), participants: ids, cells };
}

const known = new WeakMap<RatingFit, Uncertainty>();

/** Of one fit, once: it costs a factorisation. */
export function uncertainties(fit: RatingFit): Uncertainty {
  let uncertainty = known.get(fit);
  if (uncertainty === undefined) known.set(fit, (uncertainty = uncertaintyOf(fit)));
  return uncertainty;
}

interface Meeting {
  readonly games: number;
  readonly ahead: number;
  readonly tied: number;
}

const NEVER: Meeting = { games: 0, ahead: 0, tied: 0 };

/** Row by row: games in which both played, and who came before whom. */
function meetingsOf({ participants, pairs, groups }: MatchCounts, ids: readonly string[]): readonly Meeting[] {
  const n = ids.length;
  const place = new Map(ids.map((id, index) => [id, index]));
  const at = participants.map((id) => place.get(id) ?? -1);
  const sums = Array.from({ length: n * n }, () => ({ games: 0, ahead: 0, tied: 0 }));
  const add = (a: number, b: number, { ahead, behind, tied }: { readonly ahead: number; readonly behind: number; readonly tied: number }): void => {
    for (const [cell, won] of [[sums[a * n + b], ahead], [sums[b * n + a], behind]] as const) {
      if (cell === undefined) continue;
      cell.games += ahead + behind + tied;
      cell.ahead += won;
      cell.tied += tied;
    }
  };
  for (let i = 0; i < pairs.first.length; i++) {
    const [a, b] = [at[pairs.first[i]!]!, at[pairs.second[i]!]!];
    if (a >= 0 && b >= 0) add(a, b, { ahead: pairs.wins[i]!, behind: pairs.losses[i]!, tied: pairs.ties[i]! });
  }
  for (const { players, places, count } of groups) {
    for (const [i, player] of players.entries()) {
      for (let j = i + 1; j < players.length; j++) {
        const [a, b] = [at[player]!, at[players[j]!]!];
        if (a < 0 || b < 0) continue;
        const order = Math.sign(places[i]! - places[j]!);
        add(a, b, { ahead: order < 0 ? count : 0, behind: order > 0 ? count : 0, tied: order === 0 ? count : 0 });
      }
    }
  }
  return sums;
}
