import { compareVariants, type ExperimentView, type PolicyVersion, type PolicyVersionUpdate, type StoredEvent } from "@gauntlet/core";
import type { DirtyBucket, ExperimentStore, ExperimentUpdate, NewExperiment, NewPolicyVersion } from "../../ports/experiment-store.ts";
import { checkExperimentUpdate, checkNewExperiment, checkRepeated, checkSamePolicyVersion, experimentTaken, unknownExperiment, unknownPolicyVersion } from "../../store-rules/check-experiment.ts";
import { compareAggregates, compareEvents, hoursToMark } from "../../store-rules/experiment-order.ts";
import { compareText } from "../../store-rules/order.ts";
import type { ExperimentMemory } from "./experiment-memory.ts";
import { keep } from "./memory.ts";
import type { Memory } from "./memory.ts";

export function memoryExperiments({ experiments: memory }: Memory): ExperimentStore {
  return { ...viewMethods(memory), ...versionMethods(memory), ...recordMethods(memory), ...aggregateMethods(memory) };
}

function viewMethods(memory: ExperimentMemory): Pick<ExperimentStore, "create" | "find" | "list" | "revision" | "ofModel" | "change" | "journal" | "pendingTags" | "tagDone"> {
  const all = (): ExperimentView[] => [...memory.views.values()].toSorted((a, b) => a.experiment.createdAt - b.experiment.createdAt || compareText(a.experiment.id, b.experiment.id));
  const ofModel = (model: string): ExperimentView | null => {
    const found = all().filter(({ experiment }) => experiment.model === model);
    return found.find(({ experiment }) => experiment.status !== "completed") ?? found.at(-1) ?? null;
  };
  return {
    create: async (created) => create(memory, created, ofModel),
    find: async (idOrName) => memory.views.get(idOrName) ?? all().find(({ experiment }) => experiment.name === idOrName) ?? null,
    list: async () => all(),
    revision: async () => `${memory.views.size} ${all().reduce((sum, { experiment }) => sum + experiment.epoch, 0)}`,
    ofModel: async (model) => ofModel(model),
    change: async (update) => change(memory, update),
    journal: async (experimentId) => memory.journal.filter((row) => row.experimentId === experimentId),
    pendingTags: async (limit) => memory.tags.slice(0, limit),
    tagDone: async (id) => {
      memory.tags = memory.tags.filter((tag) => tag.id !== id);
    },
  };
}

function create(memory: ExperimentMemory, created: NewExperiment, ofModel: (model: string) => ExperimentView | null): ExperimentView {
  const { experiment, variants, change: row } = created;
  checkNewExperiment(created);
  const known = memory.views.get(experiment.id);
  if (known !== undefined) {
    const first = memory.journal.find(({ experimentId }) => experimentId === experiment.id);
    if (first?.requestDigest === row.requestDigest) return known;
    throw experimentTaken(`the id ${experiment.id}`);
  }
  for (const other of memory.views.values()) if (other.experiment.name === experiment.name) throw experimentTaken(`the name "${experiment.name}"`);
  if (experiment.model !== null && experiment.status !== "completed" && (ofModel(experiment.model)?.experiment.status ?? "completed") !== "completed") throw experimentTaken(`the model ${experiment.model}`);
  const view = keep({ experiment, variants: variants.toSorted(compareVariants) });
  memory.views.set(experiment.id, view);
  memory.journal.push(keep(row));
  return view;
}

function change(memory: ExperimentMemory, update: ExperimentUpdate): ExperimentView {
  const { next, change: row, policyVersions = [], tags = [] } = update;
  const before = memory.views.get(next.experiment.id);
  if (before === undefined) throw unknownExperiment(next.experiment.name);
  const repeated = memory.journal.find(({ experimentId, idempotencyKey }) => experimentId === next.experiment.id && idempotencyKey === row.idempotencyKey);
  if (repeated !== undefined) {
    checkRepeated(repeated, row);
    return before;
  }
  checkExperimentUpdate(before, update);
  for (const { id } of policyVersions) if (!memory.versions.has(id)) throw unknownPolicyVersion(id);
  const view = keep({ experiment: next.experiment, variants: next.variants.toSorted(compareVariants) });
  memory.views.set(next.experiment.id, view);
  memory.journal.push(keep(row));
  updateVersions(memory, policyVersions);
  memory.tags = [...memory.tags, ...tags.map((tag) => ({ ...tag, id: String(++memory.tagsMade) }))];
  return view;
}

function versionMethods(memory: ExperimentMemory): Pick<ExperimentStore, "addPolicyVersion" | "policyVersion" | "policyVersions" | "updatePolicyVersions" | "recordReplay" | "replays"> {
  return {
    addPolicyVersion: async (version) => addVersion(memory, version),
    policyVersion: async (id) => memory.versions.get(id) ?? null,
    policyVersions: async ({ mlflowModelName, policyName }) =>
      [...memory.versions.values()]
        .filter((version) => (mlflowModelName === undefined || version.mlflowModelName === mlflowModelName) && (policyName === undefined || version.policyName === policyName))
        .toSorted((a, b) => compareText(a.policyName, b.policyName) || a.version - b.version),
    updatePolicyVersions: async (updates) => {
      for (const { id } of updates) if (!memory.versions.has(id)) throw unknownPolicyVersion(id);
      updateVersions(memory, updates);
    },
    recordReplay: async (replay) => {
      memory.replays.set(replay.id, keep(replay));
    },
    replays: async ({ mlflowModelName, mlflowModelVersion }) =>
      [...memory.replays.values()]
        .filter((replay) => replay.mlflowModelName === mlflowModelName && (mlflowModelVersion === undefined || replay.mlflowModelVersion === mlflowModelVersion))
        .toSorted((a, b) => b.createdAt - a.createdAt || compareText(b.id, a.id)),
  };
}

function addVersion(memory: ExperimentMemory, version: NewPolicyVersion): PolicyVersion {
  const known = memory.versions.get(version.id);
  if (known !== undefined) {
    checkSamePolicyVersion(known, version);
    return known;
  }
  const siblings = [...memory.versions.values()].filter(({ policyName }) => policyName === version.policyName);
  const added = keep({ ...version, policyId: siblings[0]?.policyId ?? version.policyId, version: 1 + Math.max(0, ...siblings.map((one) => one.version)), isDefault: siblings.length === 0 });
  memory.versions.set(version.id, added);
  return added;
}

function updateVersions(memory: ExperimentMemory, updates: readonly PolicyVersionUpdate[]): void {
  for (const { id, status, isDefault } of updates) {
    const present = memory.versions.get(id) as PolicyVersion;
    if (isDefault === true) {
      for (const other of memory.versions.values()) if (other.policyId === present.policyId) memory.versions.set(other.id, keep({ ...other, isDefault: false }));
    }
    const kept = memory.versions.get(id) as PolicyVersion;
    memory.versions.set(id, keep({ ...kept, status: status ?? kept.status, isDefault: isDefault ?? kept.isDefault }));
  }
}

function recordMethods(memory: ExperimentMemory): Pick<ExperimentStore, "recordAssignments" | "assignments" | "recordEvents" | "events" | "eventsOfPlans" | "forgetEvents"> {
  const sorted = (): StoredEvent[] => [...memory.events.values()].toSorted(compareEvents);
  return {
    recordAssignments: async (assignments) => {
      for (const one of assignments) {
        const key = JSON.stringify([one.experimentId, one.unitType, one.unitId, one.epoch]);
        if (!memory.assignments.has(key)) memory.assignments.set(key, keep(one));
      }
    },
    assignments: async (experimentId, units) =>
      units.flatMap(({ unitType, unitId }) => {
        const rows = [...memory.assignments.values()].filter((row) => row.experimentId === experimentId && row.unitType === unitType && row.unitId === unitId);
        return rows.toSorted((a, b) => b.epoch - a.epoch).slice(0, 1);
      }),
    recordEvents: async (events) => recordEvents(memory, events),
    events: async ({ from, to, limit, after }) =>
      sorted()
        .filter((event) => event.timestamp >= from && event.timestamp < to && (after === undefined || compareEvents(event, after) > 0))
        .slice(0, limit),
    eventsOfPlans: async (planIds) => sorted().filter(({ payload }) => typeof payload?.["plan_id"] === "string" && planIds.includes(payload["plan_id"])),
    forgetEvents: async (before) => {
      const old = [...memory.events.values()].filter((event) => event.timestamp < before);
      for (const { id } of old) memory.events.delete(id);
      return old.length;
    },
  };
}

function recordEvents(memory: ExperimentMemory, events: readonly StoredEvent[]): readonly string[] {
  const added: StoredEvent[] = [];
  for (const event of events) {
    if (memory.events.has(event.id)) continue;
    memory.events.set(event.id, keep(event));
    added.push(event);
  }
  const plans = new Set(added.map(({ payload }) => payload?.["plan_id"]));
  const generated = [...memory.events.values()].filter(({ eventType, payload }) => eventType === "plan_generated" && payload?.["plan_id"] !== undefined && plans.has(payload["plan_id"]));
  for (const hour of hoursToMark([...added, ...generated], added)) mark(memory, "hourly", hour);
  return added.map(({ id }) => id);
}

function mark(memory: ExperimentMemory, bucketType: DirtyBucket["bucketType"], bucketStart: number): void {
  const key = `${bucketType} ${bucketStart}`;
  memory.dirty.set(key, { bucketType, bucketStart, mark: (memory.dirty.get(key)?.mark ?? 0) + 1 });
}

function aggregateMethods(memory: ExperimentMemory): Pick<ExperimentStore, "dirtyBuckets" | "putAggregates" | "aggregates" | "forgetAggregates"> {
  return {
    dirtyBuckets: async ({ bucketType, limit }) => [...memory.dirty.values()].filter((bucket) => bucket.bucketType === bucketType).toSorted((a, b) => a.bucketStart - b.bucketStart).slice(0, limit),
    putAggregates: async (bucket, aggregates) => {
      const { bucketType, bucketStart } = bucket;
      memory.aggregates = [...memory.aggregates.filter((one) => one.bucketType !== bucketType || one.bucketStart !== bucketStart), ...keep(aggregates)];
      if (memory.dirty.get(`${bucketType} ${bucketStart}`)?.mark === bucket.mark) memory.dirty.delete(`${bucketType} ${bucketStart}`);
      if (bucketType === "hourly") mark(memory, "daily", bucketStart - (bucketStart % 86_400_000));
    },
    aggregates: async ({ experimentId, bucketType, from, to }) =>
      memory.aggregates
        .filter((one) => (experimentId === undefined || one.experimentId === experimentId) && one.bucketType === bucketType && one.bucketStart >= from && one.bucketStart < to)
        .toSorted(compareAggregates),
    forgetAggregates: async (bucketType, before) => {
      const kept = memory.aggregates.filter((one) => one.bucketType !== bucketType || one.bucketStart >= before);
      const gone = memory.aggregates.length - kept.length;
      memory.aggregates = kept;
      return gone;
    },
  };
}
