import type { Command } from "commander";

import type { Launch } from "../launch.ts";
import { registerExperimentList } from "./experiment-list.ts";
import { registerExperimentShow } from "./experiment-show.ts";

export function registerExperiment(program: Command, launch: Launch): void {
  const experiment = program.command("experiment").description("Splits of units among variants");
  for (const register of [registerExperimentList, registerExperimentShow]) register(experiment, launch);
}
