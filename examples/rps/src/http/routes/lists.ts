import { POINT } from "../../rules/round-points.ts";
import type { ExportRow } from "../../store/game-reports.ts";
import { API_HEADERS } from "../answers.ts";
import { csvLine } from "../csv-line.ts";
import { operation, type Operation } from "../operation.ts";
import type { RpsHttpOptions } from "../options.ts";
import { exportQuery, gamesAnswer, gamesQuery, type Games } from "../shapes.ts";

export const listRoutes: readonly Operation[] = [
  operation({
    method: "GET",
    path: "/games",
    access: "open",
    summary: "Finished games page by page, the newest end first: the id of a running game is what entitles to move in it",
    query: gamesQuery,
    answer: gamesAnswer,
    handle: async ({ query, isInternal, options: { data, statsSince } }): Promise<Games> => {
      const { games, next } = await data.lists.games({ since: statsSince, player: query.player_name ?? null, policy: query.policy ?? null, limit: query.limit, after: query.cursor ?? null });
      const rows = games.map((game): Games["games"][number] => ({
        game_id: game.id,
        player_name: game.playerName,
        policy: game.policy,
        model_alias: game.alias,
        easy_mode: false,
        user_score: game.userScore / POINT,
        bot_score: game.botScore / POINT,
        winner: game.winner,
        session_id: isInternal ? game.sessionId : null,
        created_ts: new Date(game.startedAt).toISOString(),
        finished_ts: new Date(game.finishedAt).toISOString(),
        rounds: game.rounds,
      }));
      return { games: rows, count: rows.length, next_cursor: next };
    },
  }),
  operation({
    method: "GET",
    path: "/export",
    access: "internal",
    summary: "Every round, the newest first, as it is read",
    query: exportQuery,
    answer: null,
    types: ["application/json", "text/csv"],
    handle: async ({ query, options }) => {
      const pages = exportPages(options, query.limit ?? Number.POSITIVE_INFINITY);
      const csv = query.format === "csv";
      const type = csv ? "text/csv; charset=utf-8; header=present" : "application/json";
      const body = ReadableStream.from(encoded(csv ? csvText(pages) : jsonText(pages)));
      return new Response(body, { headers: { ...API_HEADERS, "content-type": type, "content-disposition": `attachment; filename="rounds.${query.format}"` } });
    },
  }),
];

const PAGE_ROWS = 1000;

/** Rounds that are played meanwhile have greater ids, so they don't come in between. */
async function* exportPages({ data, statsSince }: RpsHttpOptions, limit: number): AsyncGenerator<readonly ExportRow[]> {
  let left = limit;
  let before: number | null = null;
  while (left > 0) {
    const rows: readonly ExportRow[] = await data.lists.rounds({ since: statsSince, before, limit: Math.min(PAGE_ROWS, left) });
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows;
    left -= rows.length;
    before = last.id;
  }
}

const COLUMNS = ["game_id", "player_move", "bot_move", "result", "bot_policy", "model_alias", "easy_mode", "session_id", "player_name", "event_ts"] as const;

function valuesOf(row: ExportRow): readonly (string | boolean)[] {
  return [row.gameId, row.user, row.bot, row.result, row.policy, row.alias, false, row.sessionId, row.player, new Date(row.at).toISOString()];
}

async function* csvText(pages: AsyncIterable<readonly ExportRow[]>): AsyncGenerator<string> {
  yield csvLine(COLUMNS);
  for await (const rows of pages) yield rows.map((row) => csvLine(valuesOf(row))).join("");
}

async function* jsonText(pages: AsyncIterable<readonly ExportRow[]>): AsyncGenerator<string> {
  let count = 0;
  yield '{"data":[';
  for await (const rows of pages) {
    const objects = rows.map((row) => {
      const values = valuesOf(row);
      return JSON.stringify(Object.fromEntries(COLUMNS.map((name, i) => [name, values[i]])));
    });
    yield `${count === 0 ? "" : ","}${objects.join(",")}`;
    count += rows.length;
  }
  yield `],"count":${count},"format":"json"}`;
}

async function* encoded(text: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  for await (const part of text) yield encoder.encode(part);
}
