import type { ExperimentStore } from "@gauntlet/controller";
import { Failure, type Experiment } from "@gauntlet/core";

import type { Flag, FlagVariant } from "./flag.ts";
import type { AssignmentRecorder } from "./recorder.ts";

interface Unit {
  /** null: of whatever type the experiment has. */
  readonly type: string | null;
  readonly id: string;
}

/** null: the unit is given nothing. */
export type Given = FlagVariant | null;

export interface Giver {
  /** A promise for a paused experiment only. @throws Failure `internal` for a flag with a problem; `store_unavailable`. */
  give(flag: Flag, unit: Unit): Given | Promise<Given>;
}

/**
 * Gives a unit its variant. Which one it is, the present ranges say and nothing else: so a unit keeps its variant through
 * every change that does not take its bucket, and a rollback reaches everybody. Records only say who isn't new to an
 * experiment that is paused.
 */
export function giver(options: { readonly store: Pick<ExperimentStore, "assignments">; readonly recorder: AssignmentRecorder; readonly now: () => number }): Giver {
  const { store, recorder, now } = options;

  function record({ experiment }: Flag, variant: FlagVariant, unit: Unit): FlagVariant {
    if (experiment !== null && variant.id !== null) recorder.note(experiment, variant.id, unit.id);
    return variant;
  }

  async function ifKnown(flag: Flag, experiment: Experiment, unit: Unit): Promise<Given> {
    await recorder.flush();
    const rows = await store.assignments(experiment.id, [{ unitType: experiment.unitType, unitId: unit.id }]);
    return rows.length === 0 ? null : flag.variantOf(unit.id);
  }

  return {
    give(flag, unit) {
      const at = now();
      if (flag.state === "off" || at < flag.startAt || at >= flag.endAt) return null;
      if (unit.type !== null && unit.type !== flag.experiment?.unitType) return null;
      if (flag.problem !== null) throw new Failure("internal", `"${flag.key}" can't be given: ${flag.problem}`);
      if (flag.state === "paused" && flag.experiment !== null) return ifKnown(flag, flag.experiment, unit);
      return record(flag, flag.variantOf(unit.id), unit);
    },
  };
}

const UNIT_MAX = 255;

/** What can't be a unit: it could not be kept, or not be told apart. null when it can. */
export function unitProblem(unit: string): string | null {
  if (unit.length > UNIT_MAX) return `has more than ${UNIT_MAX} characters`;
  if (unit.includes("\0")) return "holds a zero character";
  return unit.isWellFormed() ? null : "is not well-formed Unicode";
}
