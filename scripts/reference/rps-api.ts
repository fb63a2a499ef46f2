import { openapiDocument } from "../../examples/rps/src/http/openapi.ts";
import { operations } from "../../examples/rps/src/http/rps-http.ts";
import { apiParts, type OpenApi } from "./api.ts";
import { code, page, table } from "./markdown.ts";

/** Where answers are others than the platform's documents and its first version have them. */
const DEPARTURES: readonly (readonly [call: string, how: string])[] = [
  ["POST /start_game", "a policy that is none is refused, and never taken for another; an address that begins [too many games](../guides/operate-rps.md#who-begins-too-many-games) without the token is asked to wait (429, `Retry-After`)"],
  ["POST /play", "a finished game refuses moves; a round takes one move, and whoever says for which `round` a move is meant is told when another is next; `debug` is for who sends the token; `guess`, which everybody sees, is what the bot expected in the round that is over"],
  ["POST /predict", "takes the scores and the points of past rounds, which it would otherwise have to guess; the context's `player_move` is given back and not used"],
  ["GET /leaderboard", "the limit is applied after players of habits and made-up names are left out"],
  ["GET /games", "finished games alone, page by page by `next_cursor`: whoever knows the id of a running game may move in it. `session_id` is for who sends the token"],
  ["GET /stats/policy/{policy}", "shares are of finished games, here and for players"],
  ["GET /bot_win_rates", "says how many games were left out, not whose; nor does `/win_streaks`"],
  ["GET /export", "with the token alone; as it is read, with no limit unless one is given; CSV is CSV, and no name in it is a formula"],
  ["POST /models/reload", "`sync_minio` is taken and changes nothing: the cache always follows what is served"],
];

/** Calls that the first version lists, and what there is instead. */
const ABSENT: readonly (readonly [call: string, instead: string])[] = [
  ["/move", "`POST /play`"],
  ["/debug/random_game", "the arena plays; a round's insides are in the `debug` of `POST /play`, and on the page `/ui/debug`"],
  ["/health/detailed", "`GET /models` says what serves, and why a slot is empty"],
  ["/health/metrics", "`GET /metrics`"],
  ["/models/{name}/promote, /models/{name}/demote", "[Gauntlet promotes and takes back](api.md), so that its ledger knows of it; serving follows within two seconds"],
];

export async function rpsApiPage(): Promise<string> {
  return page("The HTTP API of the platform of rock, paper, scissors", [
    "The [platform](../guides/operate-rps.md) describes itself as OpenAPI 3.1 at `/openapi.json`; this page is made from that. What has the role `token` wants `Authorization: Bearer …`, and so does all of `/internal/promotion`, the [promotion ledger](../guides/operate-rps.md). Points are numbers with one decimal, instants ISO 8601 in UTC, shares of a hundred. Bodies are JSON, and a name that is none is refused, in queries too. Errors are problem details (RFC 9457): `detail` says what happened, `errors` where, `fix` how to mend it. What counts many games may be a second old, and older where counting takes long.",
    "Where it departs from the documents:",
    table(["call", "how"], DEPARTURES.map(([call, how]) => [code(call), how])),
    "Absent:",
    table(["call", "instead"], ABSENT.map(([call, instead]) => [code(call), instead])),
    "# Calls",
    ...apiParts(openapiDocument(operations()) as unknown as OpenApi),
  ]);
}
