import type { z } from "zod";

import type { predictBatch } from "../../../src/http/predict-shapes.ts";
import { slot } from "../../../src/http/shapes.ts";
import { OPPONENTS } from "../opponents/opponents.ts";
import { scoreOf, type Match } from "./match.ts";

/** What every slot of every family is to be asked about a round: all that was known before it, family by family. */
export function questionsOf({ rounds }: Pick<Match, "rounds">, number: number): z.input<typeof predictBatch> {
  const before = rounds.filter((round) => round.number < number);
  const round = rounds.find((one) => one.number === number);
  const score = scoreOf({ rounds: before });
  const known = {
    player_history: before.map(({ user }) => user),
    bot_history: before.map(({ bot }) => bot),
    result_history: before.map(({ result }) => result),
    points_history: before.map(({ points }) => points),
    round_values: round?.points ?? null,
    user_score: score.user,
    bot_score: score.bot,
  };
  return OPPONENTS.flatMap(({ name }) => slot.options.map((ab_assignment) => ({ policy: name, ab_assignment, ...known })));
}
