import { ledgerPage, ledgerVerification } from "@gauntlet/contract";
import { ROOT_CHAIN } from "@gauntlet/core";

import { wholeNumber } from "../http/query.ts";
import type { Services } from "../services.ts";
import { unknownModel } from "../views/model-detail.ts";
import type { Operation, RouteContext } from "./operation.ts";

const LIMIT_DEFAULT = 50;
const LIMIT_MAX = 200;

export const ledgerRoutes: readonly Operation[] = [
  {
    method: "GET",
    path: "/v1/models/:model/ledger",
    access: "read",
    summary: `Entries of a model's chain, oldest first; "${ROOT_CHAIN}" is the chain that covers the others`,
    query: { after: "sequence number to go on after, 0 by default", limit: `entries, ${LIMIT_DEFAULT} by default, at most ${LIMIT_MAX}` },
    answer: { type: "application/json", schema: ledgerPage },
    handle: page,
  },
  {
    method: "GET",
    path: "/v1/ledger/verify",
    access: "read",
    summary: "Verifies every chain from its first entry",
    answer: { type: "application/json", schema: ledgerVerification },
    handle: async (c, { guard }) => c.json(await guard.verify()),
  },
  {
    method: "GET",
    path: "/v1/ledger/export",
    access: "read",
    summary: "Every entry of every chain, one JSON object a line",
    answer: { type: "application/x-ndjson" },
    handle: async (_, { audit }) => new Response(audit.exported(), { headers: { "content-type": "application/x-ndjson" } }),
  },
];

async function page(c: RouteContext, { store }: Services): Promise<Response> {
  const chain = c.req.param("model") ?? "";
  const after = wholeNumber(c, "after", { fallback: 0, min: 0, max: Number.MAX_SAFE_INTEGER });
  const limit = wholeNumber(c, "limit", { fallback: LIMIT_DEFAULT, min: 1, max: LIMIT_MAX });
  const head = await store.ledger.head(chain);
  if (head === null) throw unknownModel(chain);
  const entries = await store.ledger.read(chain, after, limit);
  const last = entries.at(-1);
  return c.json({ chain, entries, nextAfter: last === undefined || last.seq >= head.seq ? null : last.seq });
}
