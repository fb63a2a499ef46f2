import type { StoredEvent } from "@gauntlet/core";
import { expect, test } from "vitest";

import { openDatabase } from "../database.ts";
import { eventQueue } from "./event-queue.ts";

const events = (count: number): readonly StoredEvent[] => Array.from({ length: count }, (_, index) => ({ id: String(index) }) as StoredEvent);

test("calls that wait together share transactions of bounded size, and each gets its own answer", async () => {
  const database = openDatabase(":memory:", "read-write");
  database.exec("CREATE TABLE kept (n INTEGER CHECK (n <> 13))");
  const transactions: number[] = [];
  const counting = { ...database, transaction: <T>(work: () => T): T => (transactions.push(0), database.transaction(work)) };
  const add = eventQueue(counting, (given) => {
    database.run("INSERT INTO kept VALUES (?)", given.length);
    return [String(given.length)];
  });
  const answers = await Promise.allSettled([400, 500, 200, 2000, 1].map((count) => add(events(count))));
  expect(answers.map((answer) => (answer.status === "fulfilled" ? answer.value : answer))).toEqual([["400"], ["500"], ["200"], ["2000"], ["1"]]);
  expect(transactions).toHaveLength(4);
  const mixed = await Promise.allSettled([7, 13, 8].map((count) => add(events(count))));
  expect(mixed.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(database.all<{ n: number }>("SELECT n FROM kept").map(({ n }) => n)).toEqual([400, 500, 200, 2000, 1, 7, 8]);
  database.close();
});
