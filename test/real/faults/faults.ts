import { seeded } from "../kubernetes/seeded.ts";
import type { PromotionSeed } from "./promotion-seed.ts";

/**
 * What happens to a call: the connection is cut before it is forwarded, or after it was done; 500 though it was done, 503 or
 * 429 in its place; 409, to writes of Kubernetes; it is done after the client has given it up; half of the answer comes.
 */
export type Fault = "cut before" | "cut after" | "500 after" | "503" | "429" | "409" | "late" | "half an answer";

export interface ProxiedCall {
  readonly to: "mlflow" | "kubernetes";
  readonly method: string;
  /** With its query. */
  readonly url: string;
  readonly body: string;
}

/** What becomes of one call. `die`: the Gauntlet that sent it is killed, before or after it is forwarded, and no answer is wanted. */
export interface Fate {
  readonly fault: Fault | null;
  readonly die: { readonly model: string; readonly when: "before" | "after" } | null;
}

export interface Faults {
  fateOf(call: ProxiedCall): Fate;
  /** Says whose run it is, so that calls of its files are known as the model's. */
  ownRun(runId: string, model: string): void;
  /** Calls and faults so far; of one model or of all. */
  counts(model: string | null): { readonly calls: number; readonly faults: Readonly<Partial<Record<Fault, number>>>; readonly kills: number };
}

/** Document 008 asks for it. */
const SHARE = 0.3;

/** A long wait costs time, so there are fewer; conflicts befall the few writes of Kubernetes alone, so there are more. */
const WEIGHTS: Readonly<Record<Fault, number>> = { "cut before": 4, "cut after": 5, "500 after": 4, "503": 3, "429": 2, "409": 16, late: 1.5, "half an answer": 3 };

interface Stream {
  readonly random: () => number;
  readonly faults: Map<Fault, number>;
  calls: number;
  writes: number;
  kills: number;
}

/** Each model draws from a stream of its own: what befalls its n-th call follows from its seed. */
export function createFaults(seeds: readonly PromotionSeed[]): Faults {
  const streams = new Map(seeds.map(({ seed, model }): [string, Stream] => [model, { random: seeded(seed * 7919), faults: new Map(), calls: 0, writes: 0, kills: 0 }]));
  const deaths = new Map(seeds.map(({ model, death }) => [model, death]));
  const runs = new Map<string, string>();
  const ownerOf = ({ url, body }: ProxiedCall): string | null => {
    const text = `${decodeURIComponent(url)} ${body}`;
    const named = /\bfaulty-\d+\b/.exec(text)?.[0];
    return named ?? (text.match(/\b[0-9a-f]{32}\b/g) ?? []).flatMap((id) => runs.get(id) ?? [])[0] ?? null;
  };
  return {
    ownRun: (runId, model) => void runs.set(runId, model),
    fateOf(call) {
      const model = ownerOf(call);
      const stream = model === null ? undefined : streams.get(model);
      if (model === null || stream === undefined) throw new Error(`whose call is ${call.method} ${call.url}?`);
      stream.calls += 1;
      const isWrite = call.method !== "GET";
      if (isWrite) stream.writes += 1;
      const death = deaths.get(model) ?? null;
      if (isWrite && death !== null && stream.writes === death.atWrite) {
        stream.kills += 1;
        return { fault: null, die: { model, when: death.when } };
      }
      if (stream.random() >= SHARE) return { fault: null, die: null };
      const fault = drawn(stream.random(), isWrite && call.to === "kubernetes");
      stream.faults.set(fault, (stream.faults.get(fault) ?? 0) + 1);
      return { fault, die: null };
    },
    counts(model) {
      const chosen = [...streams].filter(([name]) => model === null || name === model).map(([, stream]) => stream);
      const faults: Partial<Record<Fault, number>> = {};
      for (const stream of chosen) for (const [fault, count] of stream.faults) faults[fault] = (faults[fault] ?? 0) + count;
      return { calls: sum(chosen.map(({ calls }) => calls)), faults, kills: sum(chosen.map(({ kills }) => kills)) };
    },
  };
}

function drawn(random: number, canConflict: boolean): Fault {
  const possible = (Object.entries(WEIGHTS) as [Fault, number][]).filter(([fault]) => canConflict || fault !== "409");
  let left = random * sum(possible.map(([, weight]) => weight));
  for (const [fault, weight] of possible) {
    left -= weight;
    if (left < 0) return fault;
  }
  return "cut before";
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
