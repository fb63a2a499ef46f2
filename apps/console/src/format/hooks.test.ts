import type { HookDelivery, HookTry } from "@gauntlet/contract";
import { expect, test } from "vitest";

import { attemptRows, bodyText, deliveryOutcome, hookHealth } from "./hooks.ts";

const NOW = 1_000_000;
const tried = (attempt: number, kind: HookTry["kind"] = "retry"): HookTry => ({ attempt, at: NOW - 60_000, tookMs: 12, kind, detail: "answered 503" });
const HOOK = { name: "ops", form: "slack", events: ["promoted"], disabled: null, last: tried(1, "delivered"), failedInRow: 0, waiting: 0 };
const DELIVERY: HookDelivery = { id: "h-1", hook: "ops", event: "promoted", model: "fraud", says: "", createdAt: 0, status: "pending", attempts: 0, nextAt: NOW + 5000, settledAt: null, detail: null, tries: [] };
const shown = (delivery: Partial<HookDelivery>) => attemptRows({ ...DELIVERY, ...delivery }).map((row) => (row.kind === "ended" ? row.attempt.attempt : row.kind === "replayed" ? row.kind : `${row.kind} ${row.number}`));

test("a hook hears, or has not heard so many times in a row, or wants to be told nothing more", () => {
  const words = (change: Partial<typeof HOOK> | { readonly last: null } | { readonly disabled: { readonly at: number; readonly detail: string } }) => hookHealth({ ...HOOK, ...change }, NOW).words;
  expect([words({}), words({ last: null }), words({ failedInRow: 1 }), words({ failedInRow: 3 }), words({ disabled: { at: NOW - 60_000, detail: "answered 410" } })]).toEqual(["hears", "told nothing yet", "not heard, once", "not heard, 3 times in a row", "disabled 1 min ago: it answered 410"]);
});

test("a delivery that waits says when it is tried next, one that failed says why", () => {
  const words = (change: Partial<HookDelivery>) => deliveryOutcome({ ...DELIVERY, ...change }, NOW).words;
  expect([words({}), words({ attempts: 2 }), words({ status: "delivered", attempts: 2 }), words({ status: "failed", detail: "answered 404" })]).toEqual(["To be told, next in 5 s", "To be told, 2 attempts so far, next in 5 s", "Heard, at attempt 2", "Not heard: answered 404"]);
});

test("attempts that left no answer are named; a replay begins at 1 again", () => {
  expect(shown({})).toEqual([]);
  expect(shown({ attempts: 1, tries: [tried(1)] })).toEqual([1]);
  expect(shown({ attempts: 4, tries: [tried(1), tried(3)] })).toEqual([1, "lost 2", 3, "under way 4"]);
  expect(shown({ attempts: 1, status: "delivered", tries: [tried(6), tried(7), tried(1)] })).toEqual([6, 7, "replayed", 1]);
  expect(shown({ attempts: 0, tries: [tried(1, "failed")] })).toEqual([1, "replayed"]);
  expect(shown({ attempts: 2, status: "failed", tries: [] })).toEqual([]);
});

test("a body is laid out when it is JSON", () => {
  expect([bodyText('{"a":1}'), bodyText("plain")]).toEqual(['{\n  "a": 1\n}', "plain"]);
});
