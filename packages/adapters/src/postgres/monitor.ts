import { checkFence, deliveryPending, markMoved, MONITOR_KEPT_MAX, monitorMoved, unknownDelivery } from "@gauntlet/controller";
import type { Delivery, DeliveryResult, DeliveryStore, MonitorStore, MonitorUpdate, NewDeliveries, StoredMonitor } from "@gauntlet/controller";
import type { MonitorCheck } from "@gauntlet/core";
import { DELIVERY_COLUMNS, deliveryOf, monitorOf, triesWith, type DeliveryRow, type MonitorRow } from "../sql/monitor-rows.ts";
import type { Database, Queries } from "./database.ts";

export function postgresMonitor(database: Database): MonitorStore {
  return {
    read: async (subject) => {
      const [row] = await database.all<MonitorRow>("SELECT subject, revision, at, state FROM @.monitors WHERE subject = $1", subject);
      return row === undefined ? null : monitorOf(row);
    },
    all: async () => (await database.all<MonitorRow>("SELECT subject, revision, at, state FROM @.monitors ORDER BY subject")).map(monitorOf),
    // The lock takes the place of a row that may not be there yet.
    save: (update) => database.transaction(`monitor ${update.subject}`, (queries) => save(queries, update)),
    checks: async (subject, limit) => {
      const rows = await database.all<{ readonly entry: string }>("SELECT entry FROM @.monitor_checks WHERE subject = $1 ORDER BY seq DESC LIMIT $2", subject, limit);
      return rows.map(({ entry }) => JSON.parse(entry) as MonitorCheck);
    },
  };
}

async function save(queries: Queries, { subject, expect, fence, at, state, check, deliveries }: MonitorUpdate): Promise<StoredMonitor> {
  if (fence !== null) {
    const [lease] = await queries.all<{ readonly holder: string | null; readonly token: number }>("SELECT holder, token FROM @.leases WHERE name = $1 FOR SHARE", fence.lease);
    checkFence(fence, lease ?? null);
  }
  const [before] = await queries.all<{ readonly revision: number }>("SELECT revision FROM @.monitors WHERE subject = $1", subject);
  const present = before?.revision ?? 0;
  if (present !== expect) throw monitorMoved(subject, expect, present);
  await queries.run(
    "INSERT INTO @.monitors (subject, revision, at, state) VALUES ($1, $2, $3, $4) ON CONFLICT (subject) DO UPDATE SET revision = excluded.revision, at = excluded.at, state = excluded.state",
    subject,
    present + 1,
    at,
    JSON.stringify(state),
  );
  if (check !== null) {
    await queries.run("INSERT INTO @.monitor_checks (subject, entry) VALUES ($1, $2)", subject, JSON.stringify(check));
    await queries.run("DELETE FROM @.monitor_checks WHERE subject = $1 AND seq <= (SELECT seq FROM @.monitor_checks WHERE subject = $1 ORDER BY seq DESC LIMIT 1 OFFSET $2)", subject, MONITOR_KEPT_MAX);
  }
  await insert(queries, { subject, at, deliveries });
  return { subject, revision: present + 1, at, state };
}

async function insert(queries: Queries, { subject, at, deliveries }: Omit<NewDeliveries, "mark">): Promise<void> {
  for (const { id, hook, event } of deliveries) {
    await queries.run(
      "INSERT INTO @.deliveries (id, subject, hook, event, created_at, status, attempts, next_at) VALUES ($1, $2, $3, $4, $5, 'pending', 0, $5) ON CONFLICT (id) DO NOTHING",
      id,
      subject,
      hook,
      JSON.stringify(event),
      at,
    );
  }
}

export function postgresDeliveries(database: Database): DeliveryStore {
  return {
    claim: ({ now, until, limit }) =>
      database.transaction("deliveries", async (queries) => {
        const due = await queries.all<DeliveryRow>(`SELECT ${DELIVERY_COLUMNS} FROM @.deliveries WHERE next_at <= $1 ORDER BY next_at, seq LIMIT $2`, now, limit);
        await queries.run("UPDATE @.deliveries SET attempts = attempts + 1, next_at = $1 WHERE id = ANY($2::text[])", until, due.map(({ id }) => id));
        return due.map((row) => deliveryOf({ ...row, attempts: row.attempts + 1, next_at: until }));
      }),
    settle: (id, attempt, result) => database.transaction("deliveries", (queries) => settle(queries, { id, attempt, result })),
    list: async (subject, limit) => (await database.all<DeliveryRow>(`SELECT ${DELIVERY_COLUMNS} FROM @.deliveries WHERE $1::text IS NULL OR subject = $1 ORDER BY seq DESC LIMIT $2`, subject, limit)).map(deliveryOf),
    replay: (id, at) => database.transaction("deliveries", (queries) => replay(queries, id, at)),
    marks: async () => new Map((await database.all<{ readonly name: string; readonly value: string }>("SELECT name, value FROM @.hook_marks")).map(({ name, value }) => [name, value])),
    // The lock takes the place of a mark that may not be there yet.
    add: (request) => database.transaction("hook marks", (queries) => add(queries, request)),
  };
}

async function replay(queries: Queries, id: string, at: number): Promise<Delivery> {
  const [row] = await queries.all<DeliveryRow>(`SELECT ${DELIVERY_COLUMNS} FROM @.deliveries WHERE id = $1`, id);
  if (row === undefined) throw unknownDelivery(id);
  if (row.status === "pending") throw deliveryPending(id);
  await queries.run("UPDATE @.deliveries SET status = 'pending', attempts = 0, next_at = $1, detail = NULL, settled_at = NULL WHERE id = $2", at, id);
  return deliveryOf({ ...row, status: "pending", attempts: 0, next_at: at, detail: null, settled_at: null });
}

async function add(queries: Queries, request: NewDeliveries): Promise<void> {
  const { mark } = request;
  if (mark !== null) {
    const [present] = await queries.all<{ readonly value: string }>("SELECT value FROM @.hook_marks WHERE name = $1", mark.name);
    if ((present?.value ?? null) !== mark.expect) throw markMoved(mark.name);
    await queries.run("INSERT INTO @.hook_marks (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value", mark.name, mark.value);
  }
  await insert(queries, request);
}

async function settle(queries: Queries, { id, attempt, result }: { readonly id: string; readonly attempt: number; readonly result: DeliveryResult }): Promise<void> {
  const [row] = await queries.all<{ readonly tries: string }>("SELECT tries FROM @.deliveries WHERE id = $1 AND attempts = $2 AND status = 'pending' FOR UPDATE", id, attempt);
  if (row === undefined) return;
  const tries = triesWith(row, attempt, result);
  if (result.kind === "retry") {
    await queries.run("UPDATE @.deliveries SET next_at = $1, detail = $2, tries = $3 WHERE id = $4", result.nextAt, result.detail, tries, id);
    return;
  }
  await queries.run("UPDATE @.deliveries SET status = $1, next_at = NULL, detail = $2, settled_at = $3, tries = $4 WHERE id = $5", result.kind, result.detail, result.at, tries, id);
  await queries.run("DELETE FROM @.deliveries WHERE status <> 'pending' AND seq <= (SELECT seq FROM @.deliveries WHERE status <> 'pending' ORDER BY seq DESC LIMIT 1 OFFSET $1)", MONITOR_KEPT_MAX);
}
