import type { AllocationStore, ExperimentStore } from "@gauntlet/controller";
import { sha256, type ExperimentView, type Failure } from "@gauntlet/core";

import { fresh, READ_AGAIN_MS } from "./fresh.ts";
import { experimentFlag, modelFlag, type Flag } from "./flag.ts";

/** Every flag at one instant. */
export interface FlagSnapshot {
  readonly flags: ReadonlyMap<string, Flag>;
  /** Names the epochs of all flags, and which of them are open; the same on every replica. */
  readonly version: string;
}

/**
 * Who is given what, kept in memory and read again from the store. A change by this process is in the next answer, one by
 * another within `READ_AGAIN_MS`. While the store fails the last that was read goes on serving, for `UNPROVEN_MAX_MS`.
 */
export interface FlagTable {
  /** Resolved at once nearly always. @throws Failure `store_unavailable` when what is known is too old to be trusted. */
  current(): FlagSnapshot | Promise<FlagSnapshot>;
  /** Something was changed in this process: what was read until now is not enough. */
  nudge(): void;
  /** Calls `changed` whenever the version is another one; looks by itself while somebody listens. `end` is called when the table closes. */
  subscribe(changed: (snapshot: FlagSnapshot) => void, end: () => void): () => void;
  /** Nobody else can be told of changes. */
  full(): boolean;
  close(): void;
}

export interface FlagTableOptions {
  readonly allocations: Pick<AllocationStore, "list" | "revision">;
  readonly experiments: Pick<ExperimentStore, "list" | "revision" | "policyVersions">;
  /** Of the world: when an experiment opens and closes. */
  readonly now: () => number;
  /** Milliseconds that never run backwards. */
  readonly stopwatch: () => number;
  readonly report: (failure: Failure) => void;
  readonly listenersMax?: number;
}

const LISTENERS_MAX = 10_000;

/** How long a client may keep what it was given. */
export const CLIENT_MAX_AGE_S = 25;

export function flagTable(options: FlagTableOptions): FlagTable {
  const listeners = new Map<(snapshot: FlagSnapshot) => void, () => void>();
  let version: string | null = null;
  let timer: NodeJS.Timeout | null = null;
  const kept = fresh({
    read: reader(options),
    stopwatch: options.stopwatch,
    report: options.report,
    arrived(next) {
      const changed = version !== null && version !== next.version;
      version = next.version;
      if (changed) for (const listener of listeners.keys()) listener(next);
    },
  });

  function stop(): void {
    if (timer !== null) clearInterval(timer);
    timer = null;
  }

  return {
    current: kept.current,
    nudge() {
      kept.changed();
      if (listeners.size > 0) void kept.readNow();
    },
    subscribe(changed, end) {
      listeners.set(changed, end);
      timer ??= setInterval(() => void kept.readNow(), READ_AGAIN_MS);
      return () => {
        listeners.delete(changed);
        if (listeners.size === 0) stop();
      };
    },
    full: () => listeners.size >= (options.listenersMax ?? LISTENERS_MAX),
    close() {
      stop();
      for (const end of listeners.values()) end();
      listeners.clear();
    },
  };
}

/** Reads all flags when something changed; those whose epoch is known are not compiled again. */
function reader({ allocations, experiments, now }: FlagTableOptions): () => Promise<FlagSnapshot> {
  let compiled: ReadonlyMap<string, Flag> = new Map();
  let last: { readonly revision: string; readonly snapshot: FlagSnapshot; readonly until: number } | null = null;

  /** All of them, and what they are made from by its name, so that it can be found again. */
  async function readFlags(): Promise<ReadonlyMap<string, Flag>> {
    const [splits, views] = await Promise.all([allocations.list(), experiments.list()]);
    const next = new Map<string, Flag>();
    const keep = (name: string, make: () => Flag): Flag => {
      const flag = compiled.get(name) ?? make();
      // A problem may be mended elsewhere, so it is looked at again.
      if (flag.problem === null) next.set(name, flag);
      return flag;
    };
    const versions = views.every((view) => compiled.has(nameOfView(view))) ? [] : await experiments.policyVersions({});
    const inExperiments = new Set(views.filter(({ experiment }) => experiment.status !== "completed").map(({ experiment }) => experiment.model));
    const flags = new Map<string, Flag>();
    for (const split of splits) if (!inExperiments.has(split.model)) flags.set(split.model, keep(`model ${split.epoch} ${split.model}`, () => modelFlag(split)));
    for (const view of views) flags.set(view.experiment.name, keep(nameOfView(view), () => experimentFlag(view, versions)));
    compiled = next;
    return flags;
  }

  return async () => {
    // Before what it names: whatever is written in between is read again.
    const revision = (await Promise.all([allocations.revision(), experiments.revision()])).join(" ");
    const at = now();
    if (last?.revision === revision && at < last.until) return last.snapshot;
    const flags = last?.revision === revision ? last.snapshot.flags : await readFlags();
    const snapshot = { flags, version: versionOf(flags, at) };
    last = compiled.size < flags.size ? null : { revision, snapshot, until: nextEdge(flags, at) };
    return snapshot;
  };
}

/** When the next experiment opens or closes. */
function nextEdge(flags: ReadonlyMap<string, Flag>, now: number): number {
  let next = Number.POSITIVE_INFINITY;
  for (const { startAt, endAt } of flags.values()) for (const edge of [startAt, endAt]) if (edge > now && edge < next) next = edge;
  return next;
}

function nameOfView({ experiment: { id, epoch, status, updatedAt } }: ExperimentView): string {
  return `experiment ${epoch} ${status} ${updatedAt} ${id}`;
}

function versionOf(flags: ReadonlyMap<string, Flag>, now: number): string {
  const parts = [...flags.values()].map(({ key, experiment, epoch, state, startAt, endAt }) => [key, experiment?.id ?? "", epoch, state, startAt <= now && now < endAt]);
  return sha256(JSON.stringify(parts.toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1)))).slice(0, 32);
}
