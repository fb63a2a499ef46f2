import { MATCH_IMPORT_MAX, matchBatch, matchImport, paths, REJECTED_ROWS_MAX, type MatchImport } from "@gauntlet/contract";
import type { ImportReport } from "@gauntlet/controller";
import { Failure } from "@gauntlet/core";

import { once, requireKey } from "../http/idempotent.ts";
import { parseJson, readCompressed } from "../http/read-body.ts";
import type { Services } from "../services.ts";
import type { Operation, RouteContext } from "./operation.ts";
import { ledgerOf } from "./ratings.ts";

export const matchImportRoutes: readonly Operation[] = [
  {
    method: "POST",
    path: paths.matchImport,
    access: "ingest",
    summary: `Records at most ${MATCH_IMPORT_MAX.items} matches, as {"matches": [ … ]} or as application/x-ndjson with one a line, gzip or not. A match that is held already is not counted again`,
    body: matchBatch,
    idempotencyKey: true,
    answer: { type: "application/json", schema: matchImport, also: { 207: "Some rows were refused; the others are recorded" } },
    handle: importMatches,
  },
];

async function importMatches(c: RouteContext, services: Services): Promise<Response> {
  const principal = c.get("principal");
  const key = requireKey(c.req.header("idempotency-key"));
  const payload = await readCompressed(c, MATCH_IMPORT_MAX.bytes);
  const { values, broken } = /x-ndjson|jsonl/i.test(c.req.header("content-type") ?? "") ? linesOf(payload) : { values: matchesOf(parseJson(payload)), broken: NONE };
  if (values.length > MATCH_IMPORT_MAX.items) throw new Failure("too_large", `the batch has ${values.length} matches; at most ${MATCH_IMPORT_MAX.items} are taken`, { fix: "send several smaller batches" });
  const scope = JSON.stringify([principal?.tokenId, "POST", "ratings matches"]);
  const answer = await once({ store: services.store.idempotency, key, scope, payload, now: Date.now() }, async () => {
    const ledger = await ledgerOf(services);
    const report = reportOf(await ledger.importMatches(values, { matchesOnly: true }), broken);
    services.log({ level: "info", message: `${report.added} matches by ${principal?.name ?? "nobody"}`, fields: { added: report.added, skipped: report.skipped, conflicts: report.conflicts, resolved: report.resolved, rejected: report.rejected } });
    return { status: report.rejected === 0 ? 200 : 207, body: JSON.stringify(report) };
  });
  return new Response(answer.body, { status: answer.status, headers: { "content-type": "application/json" } });
}

interface Lines {
  readonly values: readonly unknown[];
  /** What is wrong with lines that are no JSON, by their place. */
  readonly broken: ReadonlyMap<number, string>;
}

const NONE: ReadonlyMap<number, string> = new Map();

/** Blank lines are none. */
function linesOf(text: string): Lines {
  const broken = new Map<number, string>();
  const values = text.split("\n").filter((line) => line.trim() !== "").map((line, index): unknown => {
    try {
      return JSON.parse(line);
    } catch (error) {
      broken.set(index, (error as Error).message);
      return line;
    }
  });
  return { values, broken };
}

/** Only the frame is checked here: rows are parsed one by one, and one that is wrong keeps no other out. */
function matchesOf(body: unknown): readonly unknown[] {
  const keys = typeof body === "object" && body !== null && !Array.isArray(body) ? Object.keys(body) : [];
  const { matches } = body as { readonly matches?: unknown };
  if (keys.length === 1 && Array.isArray(matches)) return matches;
  throw new Failure("invalid_input", 'the body is not {"matches": [ … ]}', { fix: 'send {"matches": [ … ]}, or one match a line with the content type application/x-ndjson', problems: [{ pointer: "/matches", detail: "must be a list of matches, and nothing stands beside it" }] });
}

function reportOf({ counters, participantsAdded, rejected, rejectedCount }: ImportReport, broken: ReadonlyMap<number, string>): MatchImport {
  return {
    ...counters,
    participantsAdded,
    rejected: rejectedCount,
    rejectedRows: rejected.slice(0, REJECTED_ROWS_MAX).map(({ index, problems }) => {
      const detail = broken.get(index);
      return { index, problems: detail === undefined ? [...problems] : [{ pointer: "", detail: `the line is not JSON: ${detail}` }] };
    }),
  };
}
