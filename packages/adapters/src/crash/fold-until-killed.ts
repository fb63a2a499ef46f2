import type { FoldWrites, PriorRecords, Store } from "@gauntlet/controller";
import { openPostgresStore } from "../postgres/open-postgres-store.ts";
import { openSqliteStore } from "../sqlite/open-sqlite-store.ts";

// Run by the crash test in a process of its own: folds the batches it is given, and dies where it is told to.

export const MODEL = "crash";
export const OUTCOMES_PER_BATCH = 20;
/** All outcomes are of one unit, whose total every fold reads and writes. */
export const UNIT = "u";

export interface Orders {
  readonly place: { readonly kind: "sqlite"; readonly dataDir: string } | { readonly kind: "postgres"; readonly url: string };
  /** Folds batches `from` … `to`−1, four at a time. */
  readonly from: number;
  readonly to: number;
  /** Where to die by SIGKILL; `told` waits for the parent to do it, null ends in peace. */
  readonly kill: { readonly when: "computed" | "committed"; readonly at: number } | { readonly when: "told" } | null;
}

export function openPlace(place: Orders["place"]): Promise<Store> {
  return place.kind === "sqlite" ? openSqliteStore({ dataDir: place.dataDir, mode: "exclusive", holder: "crash test" }) : openPostgresStore({ url: place.url });
}

/** Batch n holds outcomes 10n … 10n+19, so that neighbours share half of theirs: only new ones count. */
export async function foldBatch(store: Store, n: number, whenComputed: () => void): Promise<void> {
  const requestIds = Array.from({ length: OUTCOMES_PER_BATCH }, (_, index) => `request-${n * 10 + index}`);
  await store.evidence.fold({ model: MODEL, batchId: `batch-${n}`, digest: `digest-${n}`, at: 0, requestIds, units: [{ epoch: 1, unit: UNIT }] }, (prior) => {
    const writes = countNew(requestIds, prior);
    whenComputed();
    return writes;
  });
}

function countNew(requestIds: readonly string[], prior: PriorRecords): FoldWrites {
  const known = new Set(prior.predictions.map((prediction) => prediction.requestId));
  const fresh = requestIds.filter((requestId) => !known.has(requestId));
  const at = { model: MODEL, version: "1", slot: "champion", mode: "live", epoch: 1 } as const;
  return {
    cells: fresh.map(() => ({ ...at, bucketStart: 0, metric: "scored", statistic: { kind: "count", n: 1 } })),
    predictions: fresh.map((requestId) => ({ ...at, requestId, at: 1, prediction: true })),
    labels: fresh.map((requestId) => ({ model: MODEL, requestId, revision: 1, truth: true, source: "s", labelledAt: 1 })),
    followUps: fresh.map((requestId) => ({ model: MODEL, requestId, id: "e", at: 1, metrics: { accepted: 1 } })),
    units: [{ ...at, unit: UNIT, bucketStart: 0, bucketEnd: 1000, requests: (prior.units[0]?.requests ?? 0) + fresh.length, sums: {} }],
    answer: { fresh: fresh.length },
  };
}

async function followOrders({ place, from, to, kill }: Orders): Promise<void> {
  const store = await openPlace(place);
  process.stdout.write("open\n");
  const die = (): unknown => process.kill(process.pid, "SIGKILL");
  for (let first = from; first < to; first += 4) {
    const batches = Array.from({ length: Math.min(4, to - first) }, (_, index) => first + index);
    await Promise.all(
      batches.map((n) =>
        foldBatch(store, n, () => {
          if (kill?.when === "computed" && kill.at === n) die();
        }),
      ),
    );
    // Committed, and nobody has been told yet.
    if (kill?.when === "committed" && batches.includes(kill.at)) die();
    for (const n of batches) process.stdout.write(`acknowledged ${n}\n`);
  }
  if (kill?.when === "told") await new Promise(() => setInterval(() => undefined, 1000));
  await store.close();
}

const orders = process.argv[2] === "--orders" ? process.argv[3] : undefined;
if (orders !== undefined) await followOrders(JSON.parse(orders) as Orders);
