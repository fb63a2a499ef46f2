import type { ModelType } from "../../policies/bot-policy.ts";
import { markedAliases, readMarkers } from "../cache/alias-markers.ts";
import type { ModelCache } from "../cache/model-cache.ts";
import type { AliasReader } from "../registry/alias-reader.ts";
import { MODEL_NAMES, SLOTS, type Slot } from "../slots.ts";
import type { Load, ModelShelf } from "./model-shelf.ts";

/** Aliases of a model and their versions. */
export type Named = ReadonlyMap<string, string>;

/** What a slot is to have. */
export interface Assignment {
  /** Null: the registry says that nothing is assigned. */
  readonly version: string | null;
  /** Null while the model is still being loaded. */
  readonly load: Load | null;
}

export interface Look {
  /** Which versions the aliases have, as the registry has just said; else why it hasn't. */
  readonly named: Named | string;
  /** Whether it has answered all that it was asked. */
  readonly isCurrent: boolean;
  /** The four slots of the family, all of one read of the registry; null when nothing new is known. */
  readonly slots: ReadonlyMap<Slot, Assignment> | null;
}

export interface Looker {
  readonly registry: AliasReader;
  readonly cache: ModelCache | null;
  readonly shelf: ModelShelf;
}

/**
 * One look at a family; `show` is told what was seen.
 * @param isEmpty while nothing is in memory, and only then, the markers of the cache stand in for a registry that is away.
 * @param named what the registry said last, which no marker overrules; null when it has said nothing yet.
 */
export async function lookAt({ registry, cache, shelf }: Looker, type: ModelType, { isEmpty, named, show }: { readonly isEmpty: boolean; readonly named: Named | null; readonly show: (look: Look) => void }): Promise<void> {
  const aliases = await registry.aliases(MODEL_NAMES[type]).catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
  if (typeof aliases === "string") {
    show({ named: aliases, isCurrent: false, slots: isEmpty && cache !== null ? await marked({ cache, shelf, named }, type) : null });
    return;
  }
  const loads = new Map<string, Load>();
  const assigned = (): ReadonlyMap<Slot, Assignment> => new Map(SLOTS.map((slot) => {
    const version = aliases.get(slot) ?? null;
    return [slot, { version, load: version === null ? null : (loads.get(version) ?? null) }];
  }));
  const versions = new Set(SLOTS.flatMap((slot) => aliases.get(slot) ?? []));
  await atMost(PATIENCE_MS, Promise.all([...versions].map(async (version) => void loads.set(version, await shelf.load(type, version)))));
  const isCurrent = loads.size === versions.size && [...loads.values()].every((load) => load.kind === "loaded" || load.reason !== "mlflow_error");
  show({ named: aliases, isCurrent, slots: assigned() });
}

/** A slot whose version is known to be another must not answer with the old one for longer; what is still on its way then is there at a later look. */
const PATIENCE_MS = 1000;

async function atMost(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)));
  await Promise.race([work, late]).finally(() => clearTimeout(timer));
}

async function marked({ cache, shelf, named }: { readonly cache: ModelCache; readonly shelf: ModelShelf; readonly named: Named | null }, type: ModelType): Promise<Look["slots"]> {
  try {
    const markers = await readMarkers(cache, await cache.list(""));
    const own = [...markedAliases(markers.values(), MODEL_NAMES[type])].filter(([alias, { version }]) => named === null || named.get(alias) === version);
    return new Map(await Promise.all(own.map(async ([alias, marker]) => [alias as Slot, { version: marker.version, load: await shelf.loadMarked(type, marker) }] as const)));
  } catch {
    return null;
  }
}
