import { MODEL_TYPES } from "../../artifact/model-types.ts";
import type { ModelType } from "../../policies/bot-policy.ts";
import type { ModelCache } from "../cache/model-cache.ts";
import type { AliasReader } from "../registry/alias-reader.ts";
import { MODEL_NAMES } from "../slots.ts";
import { lookAt, type Named } from "./look.ts";
import type { Absence, CacheReport, ModelManager, ReloadReport, ServingEvent } from "./model-manager.ts";
import { createShelf } from "./model-shelf.ts";
import { createCacheKeeper, type CacheKeeper } from "./settle-cache.ts";
import { createBoard } from "./slot-board.ts";
import { inTurns, repeat } from "./turns.ts";

export interface ManagerOptions {
  readonly registry: AliasReader;
  /** Null: nothing is kept, and every start reads the registry. */
  readonly cache: ModelCache | null;
  /** Milliseconds since the Unix epoch, for what people see. */
  readonly now: () => number;
  /** For waiting, which goes on where a world's clock stands still; the process's own when left out. */
  readonly elapsedMs?: () => number;
  /** How often the registry is looked at; 500 when left out, null for never but when asked. */
  readonly pollMs?: number | null;
  /** How long a version that could not be loaded is not tried again; 30 s when left out. */
  readonly backoffMs?: number;
  /** How long a version that nothing points at is kept, in memory and in the cache; 10 s when left out. */
  readonly keepUnusedMs?: number;
  /** No slot has a model. */
  readonly forceFallbacks?: boolean;
  /** Told of changes once they are made. It must not throw. */
  readonly onEvent?: (event: ServingEvent) => void;
}

/** Loads all slots of all families, and follows the registry from then on. Resolves when each slot has its model, or a reason. */
export async function openModelManager(options: ManagerOptions): Promise<ModelManager> {
  const { registry, cache, now, elapsedMs = () => performance.now(), pollMs = 500, backoffMs = 30_000, keepUnusedMs = 10_000, forceFallbacks = false, onEvent = () => undefined } = options;
  const shelf = createShelf({ registry, cache, now, elapsedMs, backoffMs });
  const board = createBoard(onEvent);
  const unloaded = new Set<ModelType>();
  const current = new Map<ModelType, boolean>();
  const named = new Map<ModelType, Named>();

  const look = async (): Promise<void> => {
    const lookAtOne = async (type: ModelType): Promise<void> => {
      const isEmpty = board.slots().every((one) => one.type !== type || one.model === null);
      await lookAt({ registry, cache, shelf }, type, {
        isEmpty,
        named: named.get(type) ?? null,
        show(seen) {
          if (typeof seen.named !== "string") named.set(type, seen.named);
          if (unloaded.has(type) || forceFallbacks) return;
          current.set(type, seen.isCurrent);
          board.show(type, seen);
        },
      });
    };
    await Promise.all(MODEL_TYPES.filter((type) => !unloaded.has(type)).map(lookAtOne));
    shelf.trim(new Set(board.slots().flatMap(({ model }) => model ?? [])), keepUnusedMs);
  };
  const isStill = async (): Promise<boolean> => {
    const seen = new Map(await Promise.all(MODEL_TYPES.map(async (type) => [type, await registry.aliases(MODEL_NAMES[type])] as const)));
    return board.slots().every(({ type, slot, model }) => model === null || seen.get(type)?.get(slot) === model.version);
  };
  // What the registry did not say must not be written, and what was only unloaded here is still assigned.
  const isCurrent = (): boolean => !forceFallbacks && MODEL_TYPES.every((type) => current.get(type) === true);
  const settling = cache === null ? null : settledWhenDue({ keeper: createCacheKeeper(cache, shelf, { elapsedMs, keepOrphansMs: keepUnusedMs }), elapsedMs, keepUnusedMs }, () => (isCurrent() ? { slots: board.slots(), isStill } : null));
  const looking = inTurns(look);
  const untilLoaded = async (): Promise<void> => {
    const until = elapsedMs() + LOAD_MS;
    do await looking();
    while (board.isLoading() && elapsedMs() < until);
  };
  const refresh = async (): Promise<ReloadReport> => {
    const before = board.slots();
    await untilLoaded();
    const report = (await settling?.now()) ?? NO_CACHE;
    return { isCurrent: isCurrent(), ...board.since(before), cache: report };
  };

  await untilLoaded();
  // A bucket that doesn't answer must not keep an application from starting.
  void settling?.now();
  const poll = pollMs === null ? null : repeat(pollMs, () => looking().then(() => void settling?.whenDue()));
  return {
    model: (type, slot) => board.model(type, slot),
    absence: (type, slot) => (forceFallbacks ? FORCED.reason : board.absence(type, slot)),
    slots: () => (forceFallbacks ? board.slots().map((one) => ({ ...one, absence: FORCED })) : board.slots()),
    refresh,
    reload({ type: only, slot }) {
      for (const type of only === undefined ? MODEL_TYPES : [only]) {
        unloaded.delete(type);
        shelf.forget(type, slot === undefined ? null : (board.model(type, slot)?.version ?? null));
      }
      return refresh();
    },
    unload(type) {
      unloaded.add(type);
      current.delete(type);
      shelf.forget(type, null);
      return board.clear(type);
    },
    async close() {
      await poll?.stop();
      await settling?.idle();
    },
  };
}

const FORCED: Absence = { reason: "forced_fallback", detail: "models are switched off (RPS_FORCE_MODEL_FALLBACKS)" };
const NO_CACHE: CacheReport = { synced: 0, skipped: 0, removed: 0, errors: [] };
/** The cache is looked at again when nothing has changed for this long: others may have been at it. */
const SETTLE_EVERY_MS = 60_000;

type Slots = Parameters<CacheKeeper["settle"]>[0];

interface Keeping {
  readonly keeper: CacheKeeper;
  readonly elapsedMs: () => number;
  readonly keepUnusedMs: number;
}

/** The cache is settled apart from looks, so that a slow one never delays a swap. @param wanted null while nothing sure is known */
function settledWhenDue({ keeper, elapsedMs, keepUnusedMs }: Keeping, wanted: () => { readonly slots: Slots; readonly isStill: () => Promise<boolean> } | null) {
  let dueAt = 0;
  let isAsked = false;
  let last = "";
  let report = NO_CACHE;
  const versionsOf = (slots: Slots): string => slots.map(({ model }) => model?.version ?? "").join();
  const settle = async (): Promise<void> => {
    const want = wanted();
    if (want === null || (!isAsked && versionsOf(want.slots) === last && elapsedMs() < dueAt)) return;
    isAsked = false;
    try {
      const { isDone, ...done } = await keeper.settle(want.slots, want.isStill);
      report = done;
      last = versionsOf(want.slots);
      dueAt = elapsedMs() + (isDone ? SETTLE_EVERY_MS : Math.min(SETTLE_EVERY_MS, keepUnusedMs));
    } catch (error) {
      report = { ...NO_CACHE, errors: [error instanceof Error ? error.message : String(error)] };
      dueAt = elapsedMs() + RETRY_MS;
      last = versionsOf(want.slots);
    }
  };
  const turn = inTurns(settle);
  return {
    whenDue: turn,
    async now(): Promise<CacheReport> {
      isAsked = true;
      await turn();
      return report;
    },
    idle: turn,
  };
}

const RETRY_MS = 1000;
/** Who asks for a look waits so long for files that are on their way. */
const LOAD_MS = 10_000;
