import { ledgerPage, ledgerVerification } from "@gauntlet/contract";
import { Failure, ROOT_CHAIN } from "@gauntlet/core";

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

function wholeNumber(c: RouteContext, name: string, rule: { readonly fallback: number; readonly min: number; readonly max: number }): number {
  const text = c.req.query(name);
  if (text === undefined) return rule.fallback;
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= rule.min && value <= rule.max) return value;
  throw new Failure("invalid_input", `the query's ${name} is "${text.slice(0, 40)}"; a whole number from ${rule.min} to ${rule.max} was expected`, { fix: `leave ${name} out, or give such a number` });
}
