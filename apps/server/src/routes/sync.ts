import { PACKED_BYTES_MAX, packMessage, SESSION_TYPE, unpackMessage } from "@gauntlet/adapters";
import { driftAct, driftCheck, driftHistories, paths, reconcileAct, reconcileReport, syncPeers, syncRuns } from "@gauntlet/contract";
import { checkDrift, type MatchLedger } from "@gauntlet/controller";
import { Failure, type DriftQuestion } from "@gauntlet/core";

import { readBytes } from "../http/read-body.ts";
import { wholeNumber } from "../http/query.ts";
import { write } from "../http/write.ts";
import { driftCheckView, driftHistoryView, reconcileView, syncPeersView, syncRunView } from "../views/sync.ts";
import type { Operation } from "./operation.ts";

export const syncRoutes: readonly Operation[] = [
  {
    method: "POST",
    path: paths.syncSession,
    access: "ingest",
    summary: "One message of a session in which another node's ledger of matches and this one's become equal, and its answer; as `gauntlet sync` sends it",
    answer: { type: SESSION_TYPE, also: { 204: "the message needs no answer" } },
    handle: async (c, { sync }) => {
      if (c.req.header("content-type") !== SESSION_TYPE) throw new Failure("unsupported_media_type", `messages of a session have the type ${SESSION_TYPE}`, { fix: "send what `gauntlet sync` sends" });
      const message = unpackMessage(await readBytes(c, PACKED_BYTES_MAX));
      const answer = await sync.receive(c.get("principal")?.tokenId ?? "", message);
      if (answer === null) return new Response(null, { status: 204 });
      return new Response(new Uint8Array(packMessage(answer)), { headers: { "content-type": SESSION_TYPE } });
    },
  },
  {
    method: "GET",
    path: paths.syncRuns,
    access: "read",
    summary: "Sessions that this node began with others, the newest first",
    query: { peer: "of this one only", limit: "runs, 50 by default, at most 1000" },
    answer: { type: "application/json", schema: syncRuns },
    handle: async (c, { store }) => {
      const runs = await store.sync.runs({ peer: c.req.query("peer") ?? null, limit: wholeNumber(c, "limit", { fallback: 50, min: 1, max: 1000 }) });
      return c.json({ runs: runs.map(syncRunView) });
    },
  },
  {
    method: "GET",
    path: paths.syncPeers,
    access: "read",
    summary: "Nodes that this one reconciles with: the last run with each, and what it held when both were equal",
    answer: { type: "application/json", schema: syncPeers },
    handle: async (c, { config, store, matches }) => c.json(await syncPeersView(config, store, await refreshed(matches))),
  },
  {
    method: "POST",
    path: paths.reconcile,
    access: "operator",
    summary: "Reconciles with peers of the configuration now, and answers when all are done",
    body: reconcileAct,
    idempotencyKey: true,
    answer: { type: "application/json", schema: reconcileReport },
    handle: async (c, services) =>
      write({ c, services, schema: reconcileAct, name: "reconcile", status: 200 }, async ({ peers = null }) => {
        const asked = services.sync.peers(peers);
        if (asked.length === 0) throw new Failure("not_found", "there are no peers in the configuration", { fix: "name them under ratings.peers of gauntlet.yaml" });
        return reconcileView(await services.sync.reconcile(asked));
      }),
  },
  {
    method: "GET",
    path: paths.drift,
    access: "read",
    summary: "How far this node's ratings were from others', check by check, with its trend",
    answer: { type: "application/json", schema: driftHistories },
    handle: async (c, { store, controller }) => c.json({ histories: (await store.sync.drift()).map((history) => driftHistoryView(history, controller.clock.now())) }),
  },
  {
    method: "POST",
    path: paths.drift,
    access: "operator",
    summary: "Compares this node's ratings with a table, or with what is last known of a peer, and keeps the result",
    body: driftAct,
    idempotencyKey: true,
    answer: { type: "application/json", schema: driftCheck },
    handle: async (c, services) =>
      write({ c, services, schema: driftAct, name: "drift", status: 200, bytesMax: 16_000_000 }, async ({ target = null, ratings = null, boardType = null, numPlayers = null }) => {
        const { store, controller, matches } = services;
        const ledger = await refreshed(matches);
        const question: DriftQuestion = { board: boardType, numPlayers, by: boardType !== null && numPlayers !== null ? "participant" : "config" };
        const now = controller.clock.now();
        return driftCheckView(ledger.node, await checkDrift({ ledger, store: store.sync, now, target, theirs: ratings, question }), { checkedAt: now, question });
      }),
  },
];

/** With what other processes on the store have appended. */
async function refreshed(matches: () => Promise<MatchLedger>): Promise<MatchLedger> {
  const ledger = await matches();
  await ledger.refresh();
  return ledger;
}
