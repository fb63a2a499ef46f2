import type { StoredEvent } from "@gauntlet/core";
import { expect, test } from "vitest";

import { eventLane } from "./event-lane.ts";

const eventsOf = (...ids: readonly string[]) => ids.map((id) => ({ id }) as StoredEvent);

test("batches that arrive together share a transaction, and an event that two have is new to the first", async () => {
  const kept = new Set<string>();
  const commits: number[] = [];
  const keep = eventLane(async (events) => {
    await new Promise((resolve) => setImmediate(resolve));
    const added = [...new Set(events.map(({ id }) => id))].filter((id) => !kept.has(id));
    for (const id of added) kept.add(id);
    commits.push(events.length);
    return added;
  });
  const answers = await Promise.all([keep(eventsOf("a")), keep(eventsOf("a", "b", "c")), keep(eventsOf("c", "d")), keep(eventsOf("d"))]);
  expect(answers).toEqual([["a"], ["b", "c"], ["d"], []]);
  expect(commits).toEqual([1, 6]);
});

test("a batch that can't be kept fails alone", async () => {
  const keep = eventLane(async (events) => {
    await new Promise((resolve) => setImmediate(resolve));
    if (events.some(({ id }) => id === "bad")) throw new Error("bad event");
    return events.map(({ id }) => id);
  });
  const first = keep(eventsOf("x"));
  const answers = await Promise.allSettled([keep(eventsOf("a")), keep(eventsOf("bad")), keep(eventsOf("b"))]);
  expect(await first).toEqual(["x"]);
  expect(answers.map((answer) => (answer.status === "fulfilled" ? answer.value : String(answer.reason)))).toEqual([["a"], "Error: bad event", ["b"]]);
});
