import { foldBatch, gatherEvidence, type EvidenceCell, type FoldContext, type FollowUp, type Outcome, type RatioMetric, type UnitTotals } from "@gauntlet/core";
import fc from "fast-check";
import { expect } from "vitest";
import type { FoldBatch, PriorRecords, UnitRef } from "../../ports/evidence-store.ts";
import type { Store } from "../../ports/store.ts";
import { twoStores } from "./harness.ts";
import type { StoreCheck } from "./harness.ts";
import { batch, cell, followUp, label, MODEL, prediction, priorOf, totals, writes } from "./sample.ts";

const forRatios = { unit: "u1", fields: { generated: 1000, kosten_ü: 250 } };

function byId<T extends { readonly id: string }>(rows: readonly T[]): T[] {
  return rows.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

function byPlace(rows: readonly UnitTotals[]): string[] {
  return rows.map((row) => JSON.stringify(Object.entries(row).toSorted(([a], [b]) => (a < b ? -1 : 1)))).toSorted();
}

const RATIO: RatioMetric = { kind: "ratio", numerator: ["edits"], denominator: ["accepted"], once: false };
const EPOCH = { championVersion: "1", challengerVersion: "2", bucketMs: 1000, keepPredictions: false, metrics: { edits_per_plan: RATIO } };

interface Sent {
  readonly model: string;
  readonly name: string;
  readonly records: readonly (Outcome | FollowUp)[];
}

/** Folds some outcomes and follow-ups as a controller does. */
async function send(store: Store, { model, name, records }: Sent): Promise<void> {
  const context: FoldContext = { model, epochs: { 1: EPOCH } };
  const outcomes = records.filter((record) => "slot" in record);
  const followUps = records.filter((record) => "id" in record);
  const asked: FoldBatch = { ...batch(name, records.map(({ requestId }) => requestId)), model, units: outcomes.map(({ epoch, unit }) => ({ epoch, unit })) };
  await store.evidence.fold(asked, (prior) => {
    const { cells, predictions, labels, followUps: kept, units } = foldBatch({ outcomes, labels: [], followUps, prior, context });
    return { cells, predictions, labels, followUps: kept, units, answer: null };
  });
}

const anyRecord = fc.record({ model: fc.constant(""), request: fc.nat(9), what: fc.nat(4) }).map(({ request, what }): Outcome | FollowUp => {
  const requestId = `r${request}`;
  if (what > 1) return { id: `e${what}`, requestId, model: "", at: 9_000, metrics: what === 2 ? { accepted: 1 } : { edits: request } };
  return { requestId, at: (request * 700 + what * 1900) % 4000, model: "", version: what === 0 ? "1" : "2", slot: `s${what}`, mode: "live", epoch: 1, unit: `u${request % 2}`, prediction: null, metrics: { accepted: 0.5 } };
});

export const followUpChecks: Readonly<Record<string, StoreCheck>> = {
  "a fold writes follow-ups, totals and what predictions keep for ratios, and the next one sees them": async (harness) => {
    const kept = [prediction("r1", { forRatios }), prediction("r2")];
    const later = [followUp("r1", "e1", { metrics: { "kosten_ü": 0.1 + 0.2, edits: 1e-9 } }), followUp("r1", "e2"), followUp("r3", "e1")];
    const rows = [totals("u1"), totals("u1", { bucketStart: 60_000, bucketEnd: 120_000, requests: 7, sums: { a: [0, 2 ** 52], b: [1, 2] } }), totals("u2", { version: "2", slot: "s", mode: "shadow" })];
    await harness.store.evidence.fold({ ...batch("b1", ["r1", "r2", "r3"]), units: [{ epoch: 1, unit: "u1" }, { epoch: 1, unit: "u2" }] }, () => writes({ predictions: kept, followUps: later, units: rows }));
    const store = await harness.reopen();
    const prior = await priorOf(store, ["r1", "r2"], [{ epoch: 1, unit: "u2" }]);
    expect(prior.predictions.toSorted((a, b) => (a.requestId < b.requestId ? -1 : 1))).toEqual(kept);
    expect(byId(prior.followUps)).toEqual(later.slice(0, 2));
    // u1 is the unit of a prediction that was found.
    expect(byPlace(prior.units)).toEqual(byPlace(rows));
  },
  "of what follows outcomes, some are counted, and those that met one": async (harness) => {
    const { evidence } = harness.store;
    await evidence.fold({ ...batch("b1", ["r1", "r2", "r3"]), units: [] }, () =>
      writes({
        predictions: [prediction("r1"), prediction("r2")],
        labels: [label("r1", 1, { labelledAt: 100_000 }), label("r3", 1, { labelledAt: 160_000 }), label("r2", 1, { labelledAt: 200_000 })],
        followUps: [followUp("r1", "e1", { at: 100_000 }), followUp("r1", "e2", { at: 199_999 }), followUp("r3", "e1", { at: 199_999 }), followUp("r3", "e2", { at: 99_999 })],
      }),
    );
    // Another model's outcome of the same request meets nothing here.
    await evidence.fold({ ...batch("b2", ["r3"]), model: "fraud" }, () => writes({ predictions: [prediction("r3", { model: "fraud" })] }));
    const again = (await harness.reopen()).evidence;
    const query = { model: MODEL, from: 100_000, to: 200_000, limit: 100 };
    expect(await again.joins(query)).toEqual({ followUps: { n: 3, met: 2 }, labels: { n: 2, met: 1 } });
    expect(await again.joins({ ...query, from: 300_000, to: 400_000 })).toEqual({ followUps: { n: 0, met: 0 }, labels: { n: 0, met: 0 } });
    expect(await again.joins({ ...query, limit: 1 })).toMatchObject({ followUps: { n: 1 }, labels: { n: 1 } });
    expect(await again.joins({ ...query, model: "nobody's" })).toEqual({ followUps: { n: 0, met: 0 }, labels: { n: 0, met: 0 } });
  },
  "a fold that names no units sees neither follow-ups nor totals, and may write none": async ({ store }) => {
    await store.evidence.fold({ ...batch("b1", ["r1"]), units: [{ epoch: 1, unit: "u1" }] }, () => writes({ predictions: [prediction("r1", { forRatios })], followUps: [followUp("r1", "e1")], units: [totals("u1")] }));
    expect(await priorOf(store, ["r1"])).toEqual({ predictions: [prediction("r1", { forRatios })], labels: [], followUps: [], units: [] });
    await expect(store.evidence.fold(batch("b2", ["r1"]), () => writes({ cells: [cell({})], followUps: [followUp("r1", "e2")] }))).rejects.toMatchObject({ code: "internal" });
    await expect(store.evidence.fold(batch("b3", ["r1"]), () => writes({ cells: [cell({})], units: [totals("u1")] }))).rejects.toMatchObject({ code: "internal" });
    expect(await store.evidence.cells({ model: MODEL, epoch: 1, from: 0, to: 1 })).toEqual([]);
  },
  "follow-ups of requests, and totals of units, that were not looked up are refused": async ({ store }) => {
    const asked = { ...batch("b1", ["r1"]), units: [{ epoch: 1, unit: "u1" }] };
    for (const wrong of [{ followUps: [followUp("r2", "e1")] }, { units: [totals("u2")] }, { units: [totals("u1", { epoch: 2 })] }, { followUps: [followUp("r1", "e1", { model: "fraud" })] }, { units: [totals("u1", { model: "fraud" })] }]) {
      await expect(store.evidence.fold(asked, () => writes({ cells: [cell({})], ...wrong }))).rejects.toMatchObject({ code: "internal" });
    }
    expect(await store.evidence.cells({ model: MODEL, epoch: 1, from: 0, to: 1 })).toEqual([]);
  },
  "a follow-up that is stored already stays as it is; a row of totals is put in place of the one before": async ({ store }) => {
    const units: readonly UnitRef[] = [{ epoch: 1, unit: "u1" }];
    await store.evidence.fold({ ...batch("b1", ["r1"]), units }, () => writes({ followUps: [followUp("r1", "e1"), followUp("r1", "e1", { at: 1 })], units: [totals("u1"), totals("u1", { requests: 2 })] }));
    await Promise.all(["b2", "b3"].map((id) => store.evidence.fold({ ...batch(id, ["r1"]), units }, () => writes({ followUps: [followUp("r1", "e1", { at: 2 }), followUp("r1", "e2")], units: [totals("u1", { requests: 3 })] }))));
    const prior = await priorOf(store, ["r1"], units);
    expect(byId(prior.followUps)).toEqual([followUp("r1", "e1"), followUp("r1", "e2")]);
    expect(prior.units).toEqual([totals("u1", { requests: 3 })]);
  },
  "follow-ups and totals of another model, epoch or unit are left out": async ({ store }) => {
    const units: readonly UnitRef[] = [1, 2].flatMap((epoch) => ["u1", "U1", "u1 "].map((unit) => ({ epoch, unit })));
    await store.evidence.fold({ ...batch("b1", ["r1", "R1"]), units }, () => writes({ followUps: [followUp("r1", "e1"), followUp("R1", "e1")], units: units.map(({ epoch, unit }) => totals(unit, { epoch })) }));
    await store.evidence.fold({ ...batch("b1", ["r1"]), model: "fraud", units }, () => writes({ followUps: [followUp("r1", "e9", { model: "fraud" })], units: [totals("u1", { model: "fraud", requests: 9 })] }));
    const prior = await priorOf(store, ["r1"], [{ epoch: 2, unit: "u1" }, { epoch: 2, unit: "u1" }]);
    expect([prior.followUps, prior.units]).toEqual([[followUp("r1", "e1")], [totals("u1", { epoch: 2 })]]);
  },
  "concurrent folds that bring the same unit see each other": async (harness) => {
    const stores = await twoStores(harness);
    const units = [{ epoch: 1, unit: "u1" }];
    const raised = (prior: PriorRecords): UnitTotals => totals("u1", { requests: (prior.units[0]?.requests ?? 0) + 1 });
    await Promise.all(Array.from({ length: 20 }, (_, index) => (stores[index % 2] as Store).evidence.fold({ ...batch(`b${index}`), units }, (prior) => writes({ units: [raised(prior)] }))));
    expect((await priorOf(stores[0], [], units)).units).toEqual([totals("u1", { requests: 20 })]);
  },
  "forget drops follow-ups with their outcome, those that never met one by their age, and totals of ended buckets": async ({ store }) => {
    const units = ["old", "edge", "new"].map((unit) => ({ epoch: 1, unit }));
    await store.evidence.fold({ ...batch("b1", ["old", "edge", "unmet", "early"]), units }, () =>
      writes({
        cells: [cell({})],
        predictions: [prediction("old", { at: 99, forRatios }), prediction("edge", { at: 99, version: "2" }), prediction("edge", { at: 100 })],
        labels: [label("old", 1)],
        followUps: [followUp("old", "e1", { at: 5_000 }), followUp("old", "e2", { at: 1 }), followUp("edge", "e1", { at: 1 }), followUp("unmet", "e1", { at: 99 }), followUp("early", "e1", { at: 100 })],
        units: [totals("old", { bucketEnd: 99 }), totals("edge", { bucketEnd: 100 }), totals("edge", { bucketStart: 60, bucketEnd: 101 }), totals("new")],
      }),
    );
    await store.evidence.fold({ ...batch("b1", ["old"]), model: "fraud", units }, () => writes({ followUps: [followUp("old", "e1", { at: 1, model: "fraud" })], units: [totals("old", { bucketEnd: 1, model: "fraud" })] }));
    // Two predictions, a label, three follow-ups, two rows.
    expect(await store.evidence.forget(MODEL, 100)).toBe(8);
    expect(await store.evidence.forget(MODEL, 100)).toBe(0);
    const prior = await priorOf(store, ["old", "edge", "unmet", "early"], units);
    expect(prior.followUps.map(({ requestId }) => requestId).toSorted()).toEqual(["early", "edge"]);
    expect(byPlace(prior.units)).toEqual(byPlace([totals("edge", { bucketStart: 60, bucketEnd: 101 }), totals("new")]));
    expect(await store.evidence.cells({ model: MODEL, epoch: 1, from: 0, to: 1 })).toEqual([cell({})]);
    expect(await store.evidence.forget("fraud", 100)).toBe(2);
  },
  "forget takes any number of them": async ({ store }) => {
    const ids = Array.from({ length: 5_000 }, (_, index) => `${index}`);
    await store.evidence.fold({ ...batch("b1", ids), units: ids.map((unit) => ({ epoch: 1, unit })) }, () => writes({ followUps: ids.map((id) => followUp(id, "e", { at: 1 })), units: ids.map((unit) => totals(unit, { bucketEnd: 1 })) }));
    expect(await store.evidence.forget(MODEL, 100)).toBe(10_000);
  },
  "any order, grouping and repetition of outcomes and follow-ups gives the same ratios (I5, I9)": async (harness) => {
    const stores = await twoStores(harness);
    let run = 0;
    const sendings = fc.array(anyRecord, { maxLength: 25 }).chain((records) => fc.record({ records: fc.constant(records), again: fc.shuffledSubarray([...records, ...records], { minLength: records.length }), cut: fc.integer({ min: 1, max: 5 }) }));
    await fc.assert(
      fc.asyncProperty(sendings, fc.boolean(), async ({ records, again, cut }, together) => {
        run += 1;
        const [whole, parts] = [`whole ${run}`, `parts ${run}`];
        const of = (model: string, some: readonly (Outcome | FollowUp)[]) => some.map((record) => ({ ...record, model }));
        await send(stores[0], { model: whole, name: "all", records: of(whole, records) });
        const arrived = of(parts, [...again, ...records]);
        const sent: (() => Promise<void>)[] = [];
        for (let from = 0; from < arrived.length; from += cut) sent.push(() => send(stores[from % 2] as Store, { model: parts, name: `from ${from}`, records: arrived.slice(from, from + cut) }));
        if (together) await Promise.all(sent.map((one) => one()));
        else for (const one of sent) await one();
        const cells = async (model: string): Promise<EvidenceCell[]> => (await stores[0].evidence.cells({ model, epoch: 1, from: 0, to: 5_000 })).map((found) => ({ ...found, model: "" }));
        expect(await cells(parts)).toEqual(await cells(whole));
        const ratios = gatherEvidence(await cells(parts)).flatMap(({ statistic }) => (statistic.kind === "ratio" ? [statistic.requests] : []));
        expect(ratios.reduce((sum, requests) => sum + requests, 0)).toBe(new Set(records.filter((record) => "slot" in record).map((record) => `${record.requestId} ${record.version}`)).size);
      }),
      { numRuns: 25 },
    );
  },
};
