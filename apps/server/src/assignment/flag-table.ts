import type { AllocationStore, ExperimentStore } from "@gauntlet/controller";
import { sha256, type Allocation, type ExperimentView, type Failure } from "@gauntlet/core";

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
  close(): void;
}

export interface FlagTableOptions {
  readonly allocations: Pick<AllocationStore, "list">;
  readonly experiments: Pick<ExperimentStore, "list" | "policyVersions">;
  /** Of the world: when an experiment opens and closes. */
  readonly now: () => number;
  /** Milliseconds that never run backwards. */
  readonly stopwatch: () => number;
  readonly report: (failure: Failure) => void;
}

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
    close() {
      stop();
      for (const end of listeners.values()) end();
      listeners.clear();
    },
  };
}

/** Reads all flags; those whose epoch is known are not compiled again. */
function reader({ allocations, experiments, now }: FlagTableOptions): () => Promise<FlagSnapshot> {
  let compiled: ReadonlyMap<string, Flag> = new Map();
  return async () => {
    const [splits, views] = await Promise.all([allocations.list(), experiments.list()]);
    const next = new Map<string, Flag>();
    const keep = (name: string, make: () => Flag): Flag => {
      const flag = compiled.get(name) ?? make();
      next.set(name, flag);
      return flag;
    };
    const fresh = views.filter((view) => !compiled.has(nameOfView(view)));
    const versions = fresh.length === 0 ? [] : await experiments.policyVersions({});
    const flags = new Map<string, Flag>();
    for (const split of splits.filter((split) => !views.some((view) => moves(view, split)))) flags.set(split.model, keep(`model ${split.epoch} ${split.model}`, () => modelFlag(split)));
    for (const view of views) flags.set(view.experiment.name, keep(nameOfView(view), () => experimentFlag(view, versions)));
    compiled = next;
    return { flags, version: versionOf(flags, now()) };
  };
}

/** The model's units are split by an experiment, so it is no flag of its own. */
function moves({ experiment }: ExperimentView, { model }: Allocation): boolean {
  return experiment.model === model && experiment.status !== "completed";
}

function nameOfView({ experiment: { id, epoch, status, updatedAt } }: ExperimentView): string {
  return `experiment ${epoch} ${status} ${updatedAt} ${id}`;
}

function versionOf(flags: ReadonlyMap<string, Flag>, now: number): string {
  const parts = [...flags.values()].map(({ key, experiment, epoch, state, startAt, endAt }) => [key, experiment?.id ?? "", epoch, state, startAt <= now && now < endAt]);
  return sha256(JSON.stringify(parts.toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1)))).slice(0, 32);
}
