import { setTimeout as pause } from "node:timers/promises";
import type { KubeCalls, KubeObject } from "../kubernetes/kube-api-server.ts";
import { pathOf } from "../kubernetes/operator.ts";
import type { PromotionSeed } from "./promotion-seed.ts";

/** Plays the controllers of all serving systems at once, and remembers when each split was served first. */
export interface Controllers {
  /** From this instant on version 2 got nothing, at or after `since`; null while it never did. Milliseconds since the Unix epoch. */
  withoutChallenger(model: string, since: number): number | null;
  /** As it was last seen: what a data plane goes by. null before the first look. */
  object(model: string): KubeObject | null;
  stop(): Promise<void>;
}

interface Served {
  readonly at: number;
  readonly share: number;
}

/** One list of each kind is much cheaper than a look at each object. */
const EVERY_MS = 200;

interface Memory {
  readonly objects: Map<string, KubeObject>;
  readonly history: Map<string, Served[]>;
  /** Which generation of each object was said to be served. */
  readonly said: Map<string, string>;
}

export function playControllers(calls: KubeCalls, seeds: readonly PromotionSeed[]): Controllers {
  const state = { runs: true };
  // Two modes of one kind are in one list.
  const lists = [...Map.groupBy(seeds, ({ serving }) => pathOf(serving, null))];
  const memory: Memory = { objects: new Map(), history: new Map(), said: new Map() };
  const loop = (async () => {
    while (state.runs) {
      for (const [path, listed] of lists) await lookOnce(calls, { path, listed }, memory).catch(() => undefined);
      await pause(EVERY_MS);
    }
  })();
  return {
    withoutChallenger(model, since) {
      const served = memory.history.get(model) ?? [];
      // It may have had nothing all along.
      const before = served.findLast(({ at }) => at <= since);
      return before?.share === 0 ? since : (served.find(({ at, share }) => at > since && share === 0)?.at ?? null);
    },
    object: (model) => memory.objects.get(model) ?? null,
    async stop() {
      state.runs = false;
      await loop;
    },
  };
}

async function lookOnce(calls: KubeCalls, { path, listed }: { readonly path: string; readonly listed: readonly PromotionSeed[] }, { objects, history, said }: Memory): Promise<void> {
  const { json } = await calls.call({ method: "GET", path });
  for (const object of (json["items"] ?? []) as readonly KubeObject[]) {
    const { name, uid, generation } = object["metadata"] as { readonly name: string; readonly uid: string; readonly generation: number };
    const serving = listed.find(({ model }) => model === name)?.serving;
    if (serving === undefined) continue;
    objects.set(name, object);
    if (said.get(name) === `${uid} ${generation}`) continue;
    const status = serving.served(object);
    const written = status === null ? { status: 200 } : await calls.call({ method: "PATCH", path: `${pathOf(serving, name)}/status?fieldManager=operator`, body: { status }, contentType: "application/merge-patch+json" });
    if (written.status !== 200) continue;
    said.set(name, `${uid} ${generation}`);
    const { "1": one = 0, "2": two = 0 } = serving.routes(object).weights;
    history.set(name, [...(history.get(name) ?? []), { at: Date.now(), share: two / (one + two) }]);
  }
}
