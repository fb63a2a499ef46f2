import { MODEL_TYPES } from "../../artifact/model-types.ts";
import type { ModelType } from "../../policies/bot-policy.ts";
import { SLOTS, type Slot } from "../slots.ts";
import type { Assignment, Look } from "./look.ts";
import type { Absence, AbsenceReason, LoadedModel, ModelSlot, ReloadReport, ServingEvent } from "./model-manager.ts";

/** Which model each slot has now. A look changes all slots of a family in one step: no game sees half a swap. */
export interface SlotBoard {
  model(type: ModelType, slot: Slot): LoadedModel | null;
  absence(type: ModelType, slot: Slot): AbsenceReason | null;
  slots(): readonly ModelSlot[];
  show(type: ModelType, look: Look): void;
  /** Whether a slot waits for the files of its model. */
  isLoading(): boolean;
  /** @returns how many slots had a model. */
  clear(type: ModelType): number;
  /** What is so now and was otherwise in `before`, the slots of then. */
  since(before: readonly ModelSlot[]): Pick<ReloadReport, "reloaded" | "failed">;
}

const UNKNOWN: Absence = { reason: "mlflow_error", detail: "the registry has not answered yet" };

export function createBoard(onEvent: (event: ServingEvent) => void): SlotBoard {
  const board = new Map<string, ModelSlot>(MODEL_TYPES.flatMap((type) => SLOTS.map((slot) => [keyOf(type, slot), { type, slot, model: null, absence: UNKNOWN }])));

  const loading = new Set<string>();
  // Whoever is told may fail; the slots have all changed by then.
  const told: ServingEvent[] = [];
  const tell = (): void => {
    for (const event of told.splice(0)) onEvent(event);
  };
  const put = (type: ModelType, slot: Slot, { model, absence }: Pick<ModelSlot, "model" | "absence">): void => {
    const before = board.get(keyOf(type, slot))?.model ?? null;
    board.set(keyOf(type, slot), { type, slot, model, absence });
    if (before !== null && model === null) told.push({ kind: "unloaded", type, slot });
  };
  const showSlot = (type: ModelType, slot: Slot, { version, load }: Assignment): void => {
    const current = board.get(keyOf(type, slot))?.model ?? null;
    if (version !== null && load === null) loading.add(keyOf(type, slot));
    else loading.delete(keyOf(type, slot));
    if (version === null) return put(type, slot, { model: null, absence: { reason: "fallback", detail: `nothing is assigned to ${slot}` } });
    if (load?.kind === "loaded") {
      if (load.model === current) return;
      put(type, slot, { model: load.model, absence: null });
      return void told.push({ kind: "loaded", type, slot, model: load.model, source: load.source, seconds: load.seconds });
    }
    if (!isRight(current, version, load)) put(type, slot, { model: null, absence: { reason: load?.reason ?? "mlflow_error", detail: load?.detail ?? `version ${version} is still being loaded` } });
    if (load?.kind === "failed") told.push({ kind: "load_failed", type, slot, reason: load.reason, detail: load.detail });
    if (load?.kind === "skipped") told.push({ kind: "load_skipped", type, slot });
  };
  return {
    model: (type, slot) => board.get(keyOf(type, slot))?.model ?? null,
    absence: (type, slot) => board.get(keyOf(type, slot))?.absence?.reason ?? null,
    slots: () => [...board.values()],
    show(type, { named, slots }) {
      const silence = typeof named === "string" ? named : null;
      for (const slot of SLOTS) {
        const assignment = slots?.get(slot);
        const isEmpty = board.get(keyOf(type, slot))?.model === null;
        if (silence !== null && assignment === undefined && isEmpty) put(type, slot, { model: null, absence: { reason: "mlflow_error", detail: silence } });
        told.push({ kind: "resolved", type, slot, result: silence !== null ? "failed" : assignment?.version === null ? "missing" : "found" });
        if (assignment !== undefined) showSlot(type, slot, assignment);
      }
      tell();
    },
    isLoading: () => loading.size > 0,
    clear(type) {
      for (const slot of SLOTS) loading.delete(keyOf(type, slot));
      const full = SLOTS.filter((slot) => board.get(keyOf(type, slot))?.model !== null);
      for (const slot of SLOTS) put(type, slot, { model: null, absence: { reason: "fallback", detail: `the models of ${type} were unloaded` } });
      tell();
      return full.length;
    },
    since(before) {
      const old = new Map(before.map(({ type, slot, model }) => [keyOf(type, slot), model]));
      const all = [...board.values()];
      return {
        reloaded: all.flatMap(({ type, slot, model }) => (model === null || model === old.get(keyOf(type, slot)) ? [] : [{ type, slot, version: model.version }])),
        failed: all.flatMap(({ type, slot, absence }) => (absence === null || absence.reason === "fallback" ? [] : [{ type, slot, ...absence }])),
      };
    },
  };
}

/** The right version, which is being read again or can't be just now, is still right. */
function isRight(current: LoadedModel | null, version: string, load: Assignment["load"]): boolean {
  return current?.version === version && (load === null || (load.kind !== "loaded" && load.reason === "mlflow_error"));
}

function keyOf(type: ModelType, slot: Slot): string {
  return `${type}/${slot}`;
}
