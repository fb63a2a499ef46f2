import { randomUUID } from "node:crypto";
import type { KubeCalls } from "./kube-api-server.ts";
import { readObject } from "./operator.ts";
import type { Serving } from "./servings.ts";

export interface Requests {
  readonly calls: KubeCalls;
  readonly serving: Serving;
  readonly name: string;
  readonly count: number;
  /** Serves as the object says; or half and half, whatever it says, as one has been known to. */
  readonly honours: "weights" | "nothing";
  /** From 0 to below 1. */
  readonly random: () => number;
  /** Takes the outcomes of these requests. */
  readonly report: (outcomes: readonly object[]) => Promise<void>;
}

/** Routes requests by the weights that stand in the object at the time, and reports who answered. Returns how many version 2 did. */
export async function serveRequests({ calls, serving, name, count, honours, random, report }: Requests): Promise<number> {
  let second = 0;
  for (let sent = 0; sent < count; sent += BATCH) {
    const object = await readObject(calls, serving, name);
    const weights = honours === "weights" ? Object.entries(serving.routes(object).weights) : ([["1", 1], ["2", 1]] as const);
    const { epoch } = JSON.parse(object["metadata"].annotations["gauntlet.io/allocation"]) as { readonly epoch: number };
    const outcomes = Array.from({ length: Math.min(BATCH, count - sent) }, () => {
      const version = drawn(weights, random());
      if (version === "2") second += 1;
      return { requestId: randomUUID(), at: Date.now() - 100, model: name, version, slot: version === "2" ? "challenger" : "champion", mode: "live", epoch, unit: randomUUID(), prediction: null, metrics: { error: 0 } };
    });
    await report(outcomes);
  }
  return second;
}

const BATCH = 250;

function drawn(weights: readonly (readonly [string, number])[], random: number): string {
  let left = random * weights.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [version, weight] of weights) {
    left -= weight;
    if (left < 0) return version;
  }
  return weights[0]?.[0] ?? "";
}
