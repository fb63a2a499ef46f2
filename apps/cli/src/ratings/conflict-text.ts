import type { MatchDetail } from "@gauntlet/contract";

import { table } from "../output/table.ts";
import { time } from "../output/words.ts";

/** What is held of one match, version by version. */
export function conflictText({ matchId, config, state, versions, tombstones }: MatchDetail): string {
  const rows = versions.map(({ contentId, match, counts, takenOut }) => [contentId, takenOut ? "taken out" : counts ? "counts" : state === "unresolved" ? "undecided" : "lost", time(match.at), match.origin, match.players.map((player, seat) => `${match.places[seat]}. ${player}`).join(", ")]);
  const reasons = tombstones.map(({ version, at, origin, reason }) => `${version === null ? "all of it" : version} was taken out on ${origin} at ${time(at)}: ${reason}`);
  return [`${matchId} (${config})`, table(["VERSION", "STATE", "ENDED", "NODE", "RESULT"], rows), ...reasons].join("\n");
}
