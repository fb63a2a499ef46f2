import type { EvidenceCell, Statistic } from "@gauntlet/core";
import { expect } from "vitest";
import type { FoldWrites, PriorRecords } from "../../ports/evidence-store.ts";
import type { Store } from "../../ports/store.ts";
import { twoStores } from "./harness.ts";
import type { StoreCheck } from "./harness.ts";
import { batch, cell, count, label, MODEL, prediction, priorOf, writes } from "./sample.ts";

const all = { model: MODEL, epoch: 1, from: 0, to: Number.MAX_SAFE_INTEGER };

function unlessKnown(prior: PriorRecords): FoldWrites {
  return prior.predictions.length > 0 ? writes({ answer: "known" }) : writes({ cells: [cell({})], predictions: [prediction("r1")], answer: "new" });
}

export const evidenceChecks: Readonly<Record<string, StoreCheck>> = {
  "a fold writes cells, predictions, labels and its answer": async ({ store }) => {
    const answer = { accepted: 2, rejected: [{ pointer: "/1", detail: "ünknown ✗" }], at: 1.5, nothing: null };
    const receipt = await store.evidence.fold(batch("b1", ["r1"]), () =>
      writes({ cells: [cell({})], predictions: [prediction("r1")], labels: [label("r1", 1)], answer }),
    );
    expect(receipt).toEqual({ folded: true, answer });
    expect(await store.evidence.cells(all)).toEqual([cell({})]);
    expect(await priorOf(store, ["r1"])).toEqual({ predictions: [prediction("r1")], labels: [label("r1", 1)], followUps: [], units: [] });
  },
  "cells may be asked for by their metric": async ({ store }) => {
    await store.evidence.fold(batch("b1"), () => writes({ cells: [cell({}), cell({ metric: "other" }), cell({ metric: "other", bucketStart: 60_000 })] }));
    expect(await store.evidence.cells({ ...all, metric: "other" })).toEqual([cell({ metric: "other" }), cell({ metric: "other", bucketStart: 60_000 })]);
    expect(await store.evidence.cells({ ...all, metric: "none" })).toEqual([]);
    expect(await store.evidence.cells(all)).toHaveLength(3);
  },
  "a batch that was folded before changes nothing and gets its first answer (I5)": async ({ store }) => {
    await store.evidence.fold(batch("b1"), () => writes({ cells: [cell({})], answer: { n: 1 } }));
    const again = await store.evidence.fold(batch("b1"), () => {
      throw new Error("computed a second time");
    });
    expect(again).toEqual({ folded: false, answer: { n: 1 } });
    expect(await store.evidence.cells(all)).toEqual([cell({})]);
  },
  "a batch is known after a restart too (I5)": async (harness) => {
    await harness.store.evidence.fold(batch("b1"), () => writes({ cells: [cell({})], answer: { n: 1 } }));
    const store = await harness.reopen();
    expect(await store.evidence.fold(batch("b1"), () => writes({ cells: [cell({})] }))).toEqual({ folded: false, answer: { n: 1 } });
    expect(await store.evidence.cells(all)).toEqual([cell({})]);
  },
  "a batch id used with another digest is refused and changes nothing": async ({ store }) => {
    await store.evidence.fold(batch("b1"), () => writes({ cells: [cell({})] }));
    const other = { ...batch("b1"), digest: "other" };
    await expect(store.evidence.fold(other, () => writes({ cells: [cell({})] }))).rejects.toMatchObject({ code: "idempotency_mismatch" });
    expect(await store.evidence.cells(all)).toEqual([cell({})]);
  },
  "the same batch id of another model is another batch": async ({ store }) => {
    await store.evidence.fold(batch("b1"), () => writes({ cells: [cell({})] }));
    const receipt = await store.evidence.fold({ ...batch("b1"), model: "fraud", digest: "other" }, () => writes({ cells: [cell({ model: "fraud" })] }));
    expect(receipt.folded).toBe(true);
    expect(await store.evidence.cells(all)).toEqual([cell({})]);
    expect(await store.evidence.cells({ ...all, model: "fraud" })).toEqual([cell({ model: "fraud" })]);
  },
  "of many concurrent folds of one batch, one counts and all get its answer": async (harness) => {
    const [one, two] = await twoStores(harness);
    let calls = 0;
    const fold = (store: Store) =>
      store.evidence.fold(batch("b1", ["r1"]), (prior) => {
        calls += 1;
        return writes({ cells: [cell({})], predictions: prior.predictions.length === 0 ? [prediction("r1")] : [], answer: { call: calls } });
      });
    const receipts = await Promise.all(Array.from({ length: 20 }, (_, index) => fold(index % 2 === 0 ? one : two)));
    expect(receipts.filter((receipt) => receipt.folded)).toHaveLength(1);
    expect(new Set(receipts.map((receipt) => JSON.stringify(receipt.answer))).size).toBe(1);
    expect(await one.evidence.cells(all)).toEqual([cell({})]);
  },
  "concurrent folds of different batches lose nothing": async (harness) => {
    const stores = await twoStores(harness);
    const folds = Array.from({ length: 60 }, (_, index) =>
      (stores[index % 2] as Store).evidence.fold(batch(`b${index}`), () => writes({ cells: [cell({ statistic: count(index) }), cell({ metric: `m${index % 7}` })] })),
    );
    const receipts = await Promise.all(folds);
    expect(receipts.every((receipt) => receipt.folded)).toBe(true);
    const cells = await stores[0].evidence.cells(all);
    expect(cells.at(-1)).toEqual(cell({ statistic: count((59 * 60) / 2) }));
    expect(cells.slice(0, -1).reduce((sum, { statistic }) => sum + (statistic.kind === "count" ? statistic.n : 0), 0)).toBe(60);
  },
  "concurrent folds that bring the same request see each other": async (harness) => {
    const stores = await twoStores(harness);
    const receipts = await Promise.all(Array.from({ length: 12 }, (_, index) => (stores[index % 2] as Store).evidence.fold(batch(`b${index}`, ["r1"]), unlessKnown)));
    expect(receipts.filter(({ answer }) => answer === "new")).toHaveLength(1);
    expect(await stores[0].evidence.cells(all)).toEqual([cell({})]);
  },
  "a fold whose compute throws stores nothing and can be sent again": async ({ store }) => {
    await expect(
      store.evidence.fold(batch("b1"), () => {
        throw new TypeError("bad batch");
      }),
    ).rejects.toThrow(new TypeError("bad batch"));
    expect(await store.evidence.fold(batch("b1"), () => writes({ cells: [cell({})] }))).toMatchObject({ folded: true });
    expect(await store.evidence.cells(all)).toEqual([cell({})]);
  },
  "a fold that fails among concurrent ones leaves the others whole": async ({ store }) => {
    await store.evidence.fold(batch("first"), () => writes({ cells: [cell({})] }));
    const folds = Array.from({ length: 9 }, (_, index) =>
      store.evidence.fold(batch(`b${index}`, [`r${index}`]), () => {
        if (index === 3) throw new Error("bad batch");
        // Another kind can't be merged with the count that is stored.
        const statistic: Statistic = index === 6 ? { kind: "rate", n: 1, hits: 0 } : count(1);
        return writes({ cells: [cell({ metric: "before" }), cell({ statistic })], predictions: [prediction(`r${index}`)] });
      }),
    );
    const results = await Promise.allSettled(folds);
    expect(results.map(({ status }) => status)).toEqual(results.map((_, index) => (index === 3 || index === 6 ? "rejected" : "fulfilled")));
    expect(await store.evidence.cells(all)).toEqual([cell({ metric: "before", statistic: count(7) }), cell({ statistic: count(8) })]);
    expect((await priorOf(store, ["r3", "r5", "r6"])).predictions).toEqual([prediction("r5")]);
  },
  "rows of another model than the batch's are refused": async ({ store }) => {
    await expect(store.evidence.fold(batch("b1"), () => writes({ cells: [cell({ model: "fraud" })] }))).rejects.toMatchObject({ code: "internal" });
    await expect(store.evidence.fold(batch("b1", ["r"]), () => writes({ labels: [label("r", 1, { model: "fraud" })] }))).rejects.toMatchObject({ code: "internal" });
    expect(await store.evidence.cells({ ...all, model: "fraud" })).toEqual([]);
  },
  "records of requests that the batch did not name are refused": async ({ store }) => {
    await expect(store.evidence.fold(batch("b1", ["r1"]), () => writes({ cells: [cell({})], predictions: [prediction("r2")] }))).rejects.toMatchObject({ code: "internal" });
    await expect(store.evidence.fold(batch("b1", ["r1"]), () => writes({ cells: [cell({})], labels: [label("r2", 1)] }))).rejects.toMatchObject({ code: "internal" });
    expect(await store.evidence.cells(all)).toEqual([]);
  },
  "deltas of one key are merged, within a fold and across folds, whatever their kind": async ({ store }) => {
    const kinds: readonly [Statistic, Statistic, Statistic][] = [
      [count(2), count(3), count(5)],
      [{ kind: "rate", n: 3, hits: 1 }, { kind: "rate", n: 4, hits: 4 }, { kind: "rate", n: 7, hits: 5 }],
      [
        { kind: "moments", n: 1, sum: { high: 0, low: 2 ** 52 - 1 }, squares: { high: 2 ** 50, low: 7 } },
        { kind: "moments", n: 2, sum: { high: 0, low: 2 }, squares: { high: -3, low: 2 ** 52 - 7 } },
        { kind: "moments", n: 3, sum: { high: 1, low: 1 }, squares: { high: 2 ** 50 - 2, low: 0 } },
      ],
      [
        { kind: "histogram", n: 3, zeros: 1, buckets: [[-5, 1], [10, 1]] },
        { kind: "histogram", n: 1, zeros: 0, buckets: [[-5, -1], [0, 1], [10, 1]] },
        { kind: "histogram", n: 4, zeros: 1, buckets: [[0, 1], [10, 2]] },
      ],
      [
        { kind: "confusion", truePositive: 1, falsePositive: 2, falseNegative: 3, trueNegative: 4 },
        { kind: "confusion", truePositive: 1, falsePositive: -1, falseNegative: 0, trueNegative: Number.MAX_SAFE_INTEGER - 4 },
        { kind: "confusion", truePositive: 2, falsePositive: 1, falseNegative: 3, trueNegative: Number.MAX_SAFE_INTEGER },
      ],
      [
        { kind: "paired", cells: [1, 2, 3, 4, 5, 6, 7, 8] },
        { kind: "paired", cells: [0, 0, 0, 0, 0, 0, 0, -8] },
        { kind: "paired", cells: [1, 2, 3, 4, 5, 6, 7, 0] },
      ],
    ];
    const of = (index: number) => kinds.map((three): EvidenceCell => cell({ metric: three[0].kind, statistic: three[index] as Statistic }));
    await store.evidence.fold(batch("first"), () => writes({ cells: of(0) }));
    await store.evidence.fold(batch("second"), () => writes({ cells: of(1) }));
    await store.evidence.fold({ ...batch("both"), model: "both" }, () => writes({ cells: [...of(0), ...of(1)].map((delta) => ({ ...delta, model: "both" })) }));
    const sums = of(2).toSorted((a, b) => (a.metric < b.metric ? -1 : 1));
    expect(await store.evidence.cells(all)).toEqual(sums);
    expect(await store.evidence.cells({ ...all, model: "both" })).toEqual(sums.map((sum) => ({ ...sum, model: "both" })));
  },
  "a negative delta takes away, and a cell that becomes empty is not listed": async ({ store }) => {
    await store.evidence.fold(batch("b1"), () => writes({ cells: [cell({ statistic: count(5) }), cell({ metric: "labelled", statistic: count(2) })] }));
    await store.evidence.fold(batch("b2"), () => writes({ cells: [cell({ statistic: count(-2) }), cell({ metric: "labelled", statistic: count(-2) })] }));
    expect(await store.evidence.cells(all)).toEqual([cell({ statistic: count(3) })]);
    await store.evidence.fold(batch("b3"), () => writes({ cells: [cell({ metric: "labelled" })] }));
    expect(await store.evidence.cells(all)).toHaveLength(2);
  },
  "cells come in order: bucket, metric, version, slot, mode": async ({ store }) => {
    const inOrder = [
      cell({ bucketStart: -60_000 }),
      cell({ bucketStart: 0, metric: "a", version: "10" }),
      cell({ bucketStart: 0, metric: "a", version: "2", slot: "challenger" }),
      cell({ bucketStart: 0, metric: "a", version: "2", slot: "champion", mode: "live" }),
      cell({ bucketStart: 0, metric: "a", version: "2", slot: "champion", mode: "shadow" }),
      cell({ bucketStart: 0, metric: "b" }),
      // By UTF-16 code units a letter outside the basic plane comes before "ﬀ"; by bytes or by language it does not.
      cell({ bucketStart: 0, metric: "é" }),
      cell({ bucketStart: 0, metric: "😀" }),
      cell({ bucketStart: 0, metric: "ﬀ" }),
      cell({ bucketStart: 60_000 }),
      cell({ bucketStart: 1_700_000_000_000 }),
    ];
    await store.evidence.fold(batch("b1"), () => writes({ cells: inOrder.toReversed() }));
    expect(await store.evidence.cells({ ...all, from: -60_000 })).toEqual(inOrder);
  },
  "cells of other models, epochs and times are left out; `to` is outside": async ({ store }) => {
    await store.evidence.fold(batch("b1"), () =>
      writes({ cells: [0, 10, 20, 30].flatMap((bucketStart) => [cell({ bucketStart }), cell({ bucketStart, epoch: 2 })]) }),
    );
    const found = await store.evidence.cells({ model: MODEL, epoch: 2, from: 10, to: 30 });
    expect(found).toEqual([cell({ bucketStart: 10, epoch: 2 }), cell({ bucketStart: 20, epoch: 2 })]);
    expect(await store.evidence.cells({ model: MODEL, epoch: 3, from: 0, to: 100 })).toEqual([]);
    expect(await store.evidence.cells({ model: "nobody", epoch: 1, from: 0, to: 100 })).toEqual([]);
    expect(await store.evidence.cells({ model: MODEL, epoch: 1, from: 30, to: 30 })).toEqual([]);
    expect(await store.evidence.cells({ model: MODEL, epoch: 1, from: -Infinity, to: Infinity })).toHaveLength(4);
    expect(await store.evidence.cells({ model: MODEL, epoch: 1, from: 9.5, to: 20.5 })).toHaveLength(2);
  },
  "prior records are those of the batch's requests, each once": async ({ store }) => {
    const kept = [prediction("r1"), prediction("r1", { version: "2", slot: "challenger", mode: "shadow", prediction: null }), prediction("r2", { prediction: false, epoch: 7, at: 1_700_000_000_123 })];
    await store.evidence.fold(batch("b1", ["r1", "r2", "r3"]), () => writes({ predictions: [...kept, prediction("r3")] }));
    await store.evidence.fold({ ...batch("b1", ["r1", "r9"]), model: "fraud" }, () =>
      writes({ predictions: [prediction("r1", { model: "fraud" }), prediction("r9", { model: "fraud" })], labels: [label("r1", 1, { model: "fraud" })] }),
    );
    const prior = await priorOf(store, ["r1", "r2", "r1", "r9"]);
    expect(prior.predictions.toSorted((a, b) => (`${a.requestId} ${a.version}` < `${b.requestId} ${b.version}` ? -1 : 1))).toEqual(kept);
    expect(prior.labels).toEqual([]);
  },
  "a prediction that is stored already stays as it is": async ({ store }) => {
    const shadow = prediction("r1", { mode: "shadow", slot: "challenger" });
    await store.evidence.fold(batch("b1", ["r1"]), () => writes({ predictions: [prediction("r1"), prediction("r1", { prediction: false }), shadow] }));
    await store.evidence.fold(batch("b2", ["r1"]), () => writes({ predictions: [prediction("r1", { prediction: null }), shadow] }));
    await Promise.all(["b3", "b4"].map((id) => store.evidence.fold(batch(id, ["r1", "r5"]), () => writes({ predictions: [prediction("r1", { prediction: null }), prediction("r5")] }))));
    expect((await priorOf(store, ["r1"])).predictions).toEqual([prediction("r1"), shadow]);
    expect((await priorOf(store, ["r5"])).predictions).toEqual([prediction("r5")]);
  },
  "every revision of a label is kept, oldest first": async ({ store }) => {
    const revisions = [1, 2, 10].map((revision) => label("r1", revision, { truth: revision !== 2, source: `ärzte ${revision}`, labelledAt: 5_000 - revision }));
    await store.evidence.fold(batch("b1", ["r1"]), () => writes({ labels: [revisions[2], revisions[0]].filter((item) => item !== undefined) }));
    await store.evidence.fold(batch("b2", ["r1", "r2"]), () => writes({ labels: [...revisions.slice(1, 2), label("r1", 10, { truth: false }), label("r2", 1)] }));
    expect((await priorOf(store, ["r1"])).labels).toEqual(revisions);
  },
  "forget drops raw records of old outcomes and keeps evidence and batches": async ({ store }) => {
    await store.evidence.fold(batch("b1", ["old", "edge", "new", "orphan", "early"]), () =>
      writes({
        cells: [cell({})],
        predictions: [prediction("old", { at: 99 }), prediction("old", { at: 99, version: "2" }), prediction("edge", { at: 99, version: "2" }), prediction("edge", { at: 100 }), prediction("new", { at: 101 })],
        labels: [
          label("old", 1, { labelledAt: 50 }),
          label("old", 2, { labelledAt: 5_000 }),
          label("edge", 1, { labelledAt: 50 }),
          label("orphan", 1, { labelledAt: 99 }),
          label("early", 1, { labelledAt: 100 }),
        ],
      }),
    );
    await store.evidence.fold({ ...batch("b1", ["old"]), model: "fraud" }, () => writes({ predictions: [prediction("old", { at: 1, model: "fraud" })] }));
    expect(await store.evidence.forget(MODEL, 100)).toBe(6);
    const prior = await priorOf(store, ["old", "edge", "new", "orphan", "early"]);
    expect(prior.predictions.map(({ requestId }) => requestId).toSorted()).toEqual(["edge", "new"]);
    expect(prior.labels.map(({ requestId }) => requestId).toSorted()).toEqual(["early", "edge"]);
    expect(await store.evidence.cells(all)).toEqual([cell({})]);
    expect(await store.evidence.fold(batch("b1"), () => writes({}))).toMatchObject({ folded: false });
    expect(await store.evidence.forget(MODEL, 100)).toBe(0);
    expect(await store.evidence.forget("fraud", 100)).toBe(1);
  },
  "forget drops the ids of old batches, and only theirs": async (harness) => {
    const { store } = harness;
    const many = Array.from({ length: 2_500 }, (_, index) => store.evidence.fold({ ...batch(`old ${index}`), at: 99 }, () => writes({})));
    await Promise.all(many);
    await store.evidence.fold({ ...batch("edge"), at: 100 }, () => writes({ cells: [cell({})], answer: "first" }));
    await store.evidence.fold({ ...batch("old 1"), model: "fraud", at: 99 }, () => writes({ answer: "first" }));
    expect(await store.evidence.forget(MODEL, 100)).toBe(2_500);
    expect(await store.evidence.forget(MODEL, 100)).toBe(0);
    const after = await harness.reopen();
    expect(await after.evidence.fold({ ...batch("old 1"), digest: "other" }, () => writes({}))).toMatchObject({ folded: true });
    expect(await after.evidence.fold({ ...batch("edge"), at: 5_000 }, () => writes({}))).toEqual({ folded: false, answer: "first" });
    // Sent again later, it is still the batch of then.
    expect(await after.evidence.forget(MODEL, 101)).toBe(1);
    expect(await after.evidence.fold({ ...batch("old 1"), model: "fraud" }, () => writes({}))).toEqual({ folded: false, answer: "first" });
    expect(await after.evidence.cells(all)).toEqual([cell({})]);
  },
  "forget and folds at the same time lose no new record": async (harness) => {
    const [one, two] = await twoStores(harness);
    await one.evidence.fold(batch("old", ["r"]), () => writes({ predictions: [prediction("r", { at: 1 })] }));
    const folds = Array.from({ length: 40 }, (_, index) =>
      (index % 2 === 0 ? one : two).evidence.fold(batch(`b${index}`, [`r${index}`]), () => writes({ cells: [cell({})], predictions: [prediction(`r${index}`)], labels: [label(`r${index}`, 1)] })),
    );
    const [forgotten] = await Promise.all([two.evidence.forget(MODEL, 1_000), ...folds]);
    expect(forgotten).toBe(1);
    expect((await priorOf(one, folds.map((_, index) => `r${index}`))).labels).toHaveLength(40);
    expect(await one.evidence.cells(all)).toEqual([cell({ statistic: count(40) })]);
  },
  "large batches, and text of any script": async ({ store }) => {
    const ids = Array.from({ length: 3_000 }, (_, index) => `${"識別子"}-${index}-"'\\%_\n😀`);
    const answer = { text: "x".repeat(1_000_000) };
    await store.evidence.fold(batch("größe '1'", ids), () => writes({ predictions: ids.map((id) => prediction(id)), labels: ids.map((id) => label(id, 1)), answer }));
    const prior = await priorOf(store, ids);
    expect(new Set(prior.predictions.map(({ requestId }) => requestId))).toEqual(new Set(ids));
    expect(prior.labels).toHaveLength(3_000);
    expect(await store.evidence.fold(batch("größe '1'", ids), () => writes({}))).toEqual({ folded: false, answer });
    expect(await store.evidence.forget(MODEL, 1_000)).toBe(0);
    expect(await store.evidence.forget(MODEL, 1_001)).toBe(6_000);
    expect(await store.evidence.forget(MODEL, 2_001)).toBe(1);
    expect(await priorOf(store, ids)).toEqual({ predictions: [], labels: [], followUps: [], units: [] });
  },
};
