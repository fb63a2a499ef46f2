import { MODEL_NAMES } from "../../serving/slots.ts";
import type { StepName } from "../steps/train-family.ts";
import type { TaskProgress, TaskResult, TrainingTask } from "../train-tasks.ts";

/** How much of a training each step is, by its rows: about three, four and three times two fifths. */
const SHARES: readonly (readonly [StepName, number])[] = [["holdout", 0.23], ["production", 0.31], ["fold 1", 0.15], ["fold 2", 0.15], ["fold 3", 0.16]];
const WIDTH = 24;

/** The share of a training that is done; early stopping makes it jump. */
export function shareOf({ step, round, rounds }: Pick<TaskProgress, "step" | "round" | "rounds">): number {
  let before = 0;
  for (const [name, share] of SHARES) {
    if (name === step) return before + share * Math.min(1, round / rounds);
    before += share;
  }
  return before;
}

export interface Bars {
  progress(progress: TaskProgress): void;
  result(result: TaskResult): void;
}

/** A bar a model on a terminal; in a log a line for each that ended. */
export function progressBars(tasks: readonly TrainingTask[], output: { readonly isTTY?: boolean; readonly write: (text: string) => unknown }): Bars {
  const lines = new Map(tasks.map((task) => [task, lineOf(task, 0, "waits")]));
  let drawn = 0;
  const draw = (): void => {
    if (output.isTTY !== true) return;
    output.write(`${drawn === 0 ? "" : `\u001B[${drawn}A`}${[...lines.values()].map((line) => `\u001B[K${line}\n`).join("")}`);
    drawn = lines.size;
  };
  return {
    progress(one) {
      const loss = one.losses.validation ?? one.losses.train;
      lines.set(one.task, lineOf(one.task, shareOf(one), `${one.step}, ${one.round} of ${one.rounds}${loss === null ? "" : `, loss ${loss.toFixed(3)}`}`));
      draw();
    },
    result(one) {
      const line = lineOf(one.task, 1, endOf(one));
      lines.set(one.task, line);
      if (output.isTTY === true) draw();
      else output.write(`${line}\n`);
    },
  };
}

function lineOf({ recipe: { type }, name }: TrainingTask, share: number, says: string): string {
  const full = Math.round(share * WIDTH);
  return `${`${MODEL_NAMES[type]} ${name}`.padEnd(30)} ${"█".repeat(full)}${"░".repeat(WIDTH - full)} ${says}`;
}

function endOf(result: TaskResult): string {
  if (result.kind === "failed") return `failed: ${result.message}`;
  const accuracy = result.metrics["test_accuracy"] ?? 0;
  const alias = result.alias === null ? "" : `, ${result.task.alias ?? ""} ${result.alias === "moved" ? "points at it" : "stays where it is"}`;
  return `version ${result.version}: ${(100 * accuracy).toFixed(1)} % of the newest fifth${alias}, ${result.seconds.toFixed(1)} s`;
}
