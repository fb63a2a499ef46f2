import type { Random } from "@gauntlet/core";

import { BOT_POLICIES } from "../policies/bot-policy.ts";
import { nextOpponent } from "./opponent.ts";
import { drifted, FASHIONS, makePeople, type Fashion, type Person } from "./people.ts";
import { playArenaGame, type GameTable } from "./play-arena-game.ts";

export interface ArenaOptions {
  readonly random: Random;
  /** Told of every game that ended. */
  readonly onGame?: () => void;
}

/** People and players of habits who come to play, one after another. */
export interface Arena {
  /** So many games, the policies in turn. */
  play(table: GameTable, games: number, policies?: readonly string[]): Promise<void>;
  /** Another fashion comes up, and a share of the people takes to it. */
  drift(share: number): void;
  readonly people: readonly Person[];
  readonly fashion: Fashion;
  readonly games: number;
  readonly rounds: number;
}

const POLICIES = BOT_POLICIES.map(({ name }) => name);

export function openArena({ random, onGame }: ArenaOptions): Arena {
  let era = 0;
  const fashion = (): Fashion => FASHIONS[era % FASHIONS.length]!;
  let people = makePeople(random, fashion());
  let [games, rounds] = [0, 0];
  return {
    async play(table, wanted, policies = POLICIES) {
      for (let i = 0; i < wanted; i++) {
        const played = await playArenaGame(table, { opponent: nextOpponent(people, random), policy: policies[games % policies.length]!, random });
        games++;
        rounds += played.rounds;
        onGame?.();
      }
    },
    drift(share) {
      era++;
      people = drifted(people, { fashion: fashion(), share, random });
    },
    get people() {
      return people;
    },
    get fashion() {
      return fashion();
    },
    get games() {
      return games;
    },
    get rounds() {
      return rounds;
    },
  };
}
