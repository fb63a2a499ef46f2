import type { AssignmentRecord } from "@gauntlet/controller";
import { Failure, type Experiment } from "@gauntlet/core";
import { expect, test } from "vitest";

import { assignmentRecorder } from "./recorder.ts";

const experiment: Experiment = { id: "e", name: "e", description: null, status: "active", unitType: "user", model: null, epoch: 1, startAt: null, endAt: null, createdAt: 0, updatedAt: 0 };

/** A store that keeps batches, and fails while told to. */
function store() {
  const batches: (readonly AssignmentRecord[])[] = [];
  const failing: { with: Failure | null } = { with: null };
  const reports: [string, number][] = [];
  const recorder = assignmentRecorder({
    store: {
      recordAssignments: async (batch) => {
        if (failing.with !== null) throw failing.with;
        batches.push(batch);
      },
    },
    now: () => 7,
    report: (failure, lost) => reports.push([failure.code, lost]),
    queueMax: 1500,
  });
  return { batches, failing, reports, recorder, rows: () => batches.flat().map(({ unitId, epoch }) => `${unitId}@${epoch}`) };
}

test("a unit is recorded once an epoch, in batches, and what is left when it closes", async () => {
  const { recorder, batches, rows } = store();
  for (let i = 0; i < 1200; i++) recorder.note(experiment, "v", `u${i % 1100}`);
  await recorder.flush();
  expect(batches.map((batch) => batch.length)).toEqual([500, 500, 100]);
  recorder.note(experiment, "v", "u0");
  recorder.note({ ...experiment, epoch: 2 }, "w", "u0");
  await recorder.close();
  expect(rows().slice(1100)).toEqual(["u0@2"]);
  expect(batches[0]?.[0]).toEqual({ experimentId: "e", variantId: "v", unitType: "user", unitId: "u0", epoch: 1, assignedAt: 7 });
});

test("what can't be written now is written later; more than there is room for is dropped and counted", async () => {
  const { recorder, failing, reports, rows } = store();
  failing.with = new Failure("store_unavailable", "gone");
  for (let i = 0; i < 1502; i++) recorder.note(experiment, "v", `u${i}`);
  await recorder.flush();
  expect(reports).toEqual([["store_unavailable", 2]]);
  failing.with = null;
  await recorder.flush();
  expect(rows()).toHaveLength(1500);
  // One that was dropped is not taken for recorded.
  recorder.note(experiment, "v", "u1501");
  await recorder.close();
  expect(rows().at(-1)).toBe("u1501@1");
});

test("a batch that the store will never take does not hold up the others", async () => {
  const { recorder, failing, reports, rows } = store();
  failing.with = new Failure("not_found", "there is no such experiment");
  recorder.note(experiment, "v", "u1");
  await recorder.flush();
  expect(reports).toEqual([["not_found", 0]]);
  failing.with = null;
  recorder.note(experiment, "v", "u2");
  await recorder.close();
  expect(rows()).toEqual(["u2@1"]);
});
