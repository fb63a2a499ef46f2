import type { ExperimentChange, ExperimentView, Exposure } from "@gauntlet/core";

import type { Controller } from "./controller.ts";
import type { AssignmentRecord } from "./ports/experiment-store.ts";

export interface RecordedExposures {
  /** Exposures that belong to nothing. */
  readonly refused: number;
  /** Why, of each reason once. */
  readonly reasons: readonly string[];
}

/**
 * Keeps which variant units were shown, as rows of assignment of the epoch then in force. Idempotent: a row that is known for
 * its unit and epoch stays as it is. @throws Failure `store_unavailable`.
 */
export async function recordExposures(controller: Pick<Controller, "store">, exposures: readonly Exposure[]): Promise<RecordedExposures> {
  const { experiments } = controller.store;
  const scenes = new Map<string, Scene | null>();
  for (const { flag } of exposures) {
    if (scenes.has(flag)) continue;
    const view = await experiments.find(flag);
    scenes.set(flag, view === null ? null : { view, journal: await experiments.journal(view.experiment.id) });
  }
  const rows: AssignmentRecord[] = [];
  const reasons = new Set<string>();
  for (const exposure of exposures) {
    const row = assignmentOf(exposure, scenes.get(exposure.flag) ?? null);
    if (typeof row === "string") reasons.add(row);
    else rows.push(row);
  }
  if (rows.length > 0) await experiments.recordAssignments(rows);
  return { refused: exposures.length - rows.length, reasons: [...reasons] };
}

interface Scene {
  readonly view: ExperimentView;
  /** Oldest first. */
  readonly journal: readonly ExperimentChange[];
}

/** Or why there is none. */
function assignmentOf({ flag, variant: name, unit, at }: Exposure, scene: Scene | null): AssignmentRecord | string {
  if (scene === null) return `there is no experiment "${flag}"`;
  const { experiment, variants } = scene.view;
  const named = variants.filter((variant) => variant.name === name);
  const variant = named.find(({ archivedAt }) => archivedAt === null) ?? named[0];
  if (variant === undefined) return `experiment "${flag}" has no variant "${name}"`;
  const change = scene.journal.findLast((row) => row.at <= at);
  if (change === undefined) return `experiment "${flag}" did not exist then`;
  return { experimentId: experiment.id, variantId: variant.id, unitType: experiment.unitType, unitId: unit, epoch: change.epoch, assignedAt: at };
}
