import { checkFence, deliveryPending, markMoved, MONITOR_KEPT_MAX, monitorMoved, unknownDelivery } from "@gauntlet/controller";
import type { Delivery, DeliveryResult, DeliveryStore, MonitorStore, MonitorUpdate, NewDeliveries, StoredMonitor } from "@gauntlet/controller";
import type { MonitorCheck } from "@gauntlet/core";
import { DELIVERY_COLUMNS, deliveryOf, monitorOf, triesWith, type DeliveryRow, type MonitorRow } from "../sql/monitor-rows.ts";
import type { Database } from "./database.ts";

export function sqliteMonitor(database: Database): MonitorStore {
  return {
    read: async (subject) => {
      const row = database.get<MonitorRow>("SELECT subject, revision, at, state FROM monitors WHERE subject = ?", subject);
      return row === undefined ? null : monitorOf(row);
    },
    all: async () => database.all<MonitorRow>("SELECT subject, revision, at, state FROM monitors ORDER BY subject").map(monitorOf),
    save: async (update) => database.transaction(() => save(database, update)),
    checks: async (subject, limit) =>
      database.all<{ readonly entry: string }>("SELECT entry FROM monitor_checks WHERE subject = ? ORDER BY seq DESC LIMIT ?", subject, limit).map(({ entry }) => JSON.parse(entry) as MonitorCheck),
  };
}

function save(database: Database, { subject, expect, fence, at, state, check, deliveries }: MonitorUpdate): StoredMonitor {
  if (fence !== null) checkFence(fence, database.get<{ readonly holder: string | null; readonly token: number }>("SELECT holder, token FROM leases WHERE name = ?", fence.lease) ?? null);
  const present = database.get<{ readonly revision: number }>("SELECT revision FROM monitors WHERE subject = ?", subject)?.revision ?? 0;
  if (present !== expect) throw monitorMoved(subject, expect, present);
  database.run(
    "INSERT INTO monitors (subject, revision, at, state) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET revision = excluded.revision, at = excluded.at, state = excluded.state",
    subject, present + 1, at, JSON.stringify(state),
  );
  if (check !== null) {
    database.run("INSERT INTO monitor_checks (subject, entry) VALUES (?, ?)", subject, JSON.stringify(check));
    database.run("DELETE FROM monitor_checks WHERE subject = ?1 AND seq <= (SELECT seq FROM monitor_checks WHERE subject = ?1 ORDER BY seq DESC LIMIT 1 OFFSET ?2)", subject, MONITOR_KEPT_MAX);
  }
  insert(database, { subject, at, deliveries });
  return { subject, revision: present + 1, at, state };
}

function insert(database: Database, { subject, at, deliveries }: Omit<NewDeliveries, "mark">): void {
  for (const { id, hook, event } of deliveries) {
    database.run(
      "INSERT INTO deliveries (id, subject, hook, event, created_at, status, attempts, next_at) VALUES (?1, ?2, ?3, ?4, ?5, 'pending', 0, ?5) ON CONFLICT DO NOTHING",
      id, subject, hook, JSON.stringify(event), at,
    );
  }
}

export function sqliteDeliveries(database: Database): DeliveryStore {
  return {
    claim: async ({ now, until, limit }) =>
      database.transaction(() => {
        const due = database.all<DeliveryRow>(`SELECT ${DELIVERY_COLUMNS} FROM deliveries WHERE next_at <= ? ORDER BY next_at, seq LIMIT ?`, now, limit);
        for (const { id } of due) database.run("UPDATE deliveries SET attempts = attempts + 1, next_at = ? WHERE id = ?", until, id);
        return due.map((row) => deliveryOf({ ...row, attempts: row.attempts + 1, next_at: until }));
      }),
    settle: async (id, attempt, result) => database.transaction(() => settle(database, { id, attempt, result })),
    list: async (subject, limit) =>
      database.all<DeliveryRow>(`SELECT ${DELIVERY_COLUMNS} FROM deliveries WHERE ?1 IS NULL OR subject = ?1 ORDER BY seq DESC LIMIT ?2`, subject, limit).map(deliveryOf),
    replay: async (id, at) => database.transaction(() => replay(database, id, at)),
    marks: async () => new Map(database.all<{ readonly name: string; readonly value: string }>("SELECT name, value FROM hook_marks").map(({ name, value }) => [name, value])),
    add: async (request) => database.transaction(() => add(database, request)),
  };
}

function replay(database: Database, id: string, at: number): Delivery {
  const row = database.get<DeliveryRow>(`SELECT ${DELIVERY_COLUMNS} FROM deliveries WHERE id = ?`, id);
  if (row === undefined) throw unknownDelivery(id);
  if (row.status === "pending") throw deliveryPending(id);
  database.run("UPDATE deliveries SET status = 'pending', attempts = 0, next_at = ?, detail = NULL, settled_at = NULL WHERE id = ?", at, id);
  return deliveryOf({ ...row, status: "pending", attempts: 0, next_at: at, detail: null, settled_at: null });
}

function add(database: Database, request: NewDeliveries): void {
  const { mark } = request;
  if (mark !== null) {
    const present = database.get<{ readonly value: string }>("SELECT value FROM hook_marks WHERE name = ?", mark.name)?.value ?? null;
    if (present !== mark.expect) throw markMoved(mark.name);
    database.run("INSERT INTO hook_marks (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value", mark.name, mark.value);
  }
  insert(database, request);
}

function settle(database: Database, { id, attempt, result }: { readonly id: string; readonly attempt: number; readonly result: DeliveryResult }): void {
  const row = database.get<{ readonly tries: string }>("SELECT tries FROM deliveries WHERE id = ? AND attempts = ? AND status = 'pending'", id, attempt);
  if (row === undefined) return;
  const tries = triesWith(row, attempt, result);
  if (result.kind === "retry") {
    database.run("UPDATE deliveries SET next_at = ?, detail = ?, tries = ? WHERE id = ?", result.nextAt, result.detail, tries, id);
    return;
  }
  database.run("UPDATE deliveries SET status = ?, next_at = NULL, detail = ?, settled_at = ?, tries = ? WHERE id = ?", result.kind, result.detail, result.at, tries, id);
  database.run("DELETE FROM deliveries WHERE status <> 'pending' AND seq <= (SELECT seq FROM deliveries WHERE status <> 'pending' ORDER BY seq DESC LIMIT 1 OFFSET ?)", MONITOR_KEPT_MAX);
}
