import type { ExperimentChange, ExperimentView, MetricAggregate, OfflineReplay, PolicyVersion, StoredEvent } from "@gauntlet/core";
import type { AssignmentRecord, DirtyBucket, PendingTag } from "../../ports/experiment-store.ts";

/** What the memory store holds of experiments. */
export interface ExperimentMemory {
  readonly views: Map<string, ExperimentView>;
  readonly journal: ExperimentChange[];
  tags: readonly PendingTag[];
  tagsMade: number;
  readonly versions: Map<string, PolicyVersion>;
  readonly replays: Map<string, OfflineReplay>;
  readonly assignments: Map<string, AssignmentRecord>;
  readonly events: Map<string, StoredEvent>;
  readonly dirty: Map<string, DirtyBucket>;
  aggregates: readonly MetricAggregate[];
}

export function emptyExperiments(): ExperimentMemory {
  return { views: new Map(), journal: [], tags: [], tagsMade: 0, versions: new Map(), replays: new Map(), assignments: new Map(), events: new Map(), dirty: new Map(), aggregates: [] };
}
