import { configKey } from "@gauntlet/core";

import { table } from "../output/table.ts";
import { paint } from "../output/words.ts";
import type { FittedConfig, FittedRow } from "./fit-configs.ts";

/** A table for each group of participants that are comparable. */
export function fitText(config: FittedConfig, colour: boolean): string {
  const groups = [...Map.groupBy(config.rows, ({ group }) => group).values()];
  const known = groups.filter((rows) => rows.some(({ rating }) => rating !== null));
  const alone = config.rows.filter(({ rating }) => rating === null);
  return [
    `${paint(colour, "bold", configKey(config))}: ${config.matches} matches, ${config.rows.length} participants`,
    ...known.map(groupTable),
    ...(known.length > 1 ? [`The ${known.length} tables are incomparable: no chain of wins leads both ways between them.`] : []),
    ...(alone.length > 0 ? [`Incomparable with anybody, having only won or only lost: ${alone.map(({ participant }) => participant).join(", ")}. Virtual games (--prior-games 1) make a guess.`] : []),
  ].join("\n");
}

function groupTable(rows: readonly FittedRow[]): string {
  return table(
    ["RANK", "PARTICIPANT", "RATING", "95 % INTERVAL", "GAMES", "STRONGER THAN NEXT"],
    rows.map(({ participant, rating, low, high, games, superiorityToNext }, index) => [
      String(index + 1),
      participant,
      rating === null ? "–" : rating.toFixed(1),
      low === null || high === null ? "–" : `${low.toFixed(1)} … ${high.toFixed(1)}`,
      String(games),
      superiorityToNext === null || index === rows.length - 1 ? "–" : `${(superiorityToNext * 100).toFixed(1)} %`,
    ]),
  );
}
