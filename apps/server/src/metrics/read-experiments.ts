import type { Controller } from "@gauntlet/controller";

import { VARIANTS_MAX, type ModelGauges } from "./instruments.ts";

/** The shares of every variant that is not archived, as the experiments are now. */
export async function readExperiments({ experiments }: Pick<Controller["store"], "experiments">, gauges: ModelGauges): Promise<void> {
  let shown = 0;
  for (const { experiment, variants } of await experiments.list()) {
    const live = variants.filter(({ archivedAt }) => archivedAt === null);
    shown += live.length;
    if (shown > VARIANTS_MAX) return;
    gauges.experimentEpoch.set({ experiment: experiment.name }, experiment.epoch);
    for (const { name, basisPoints } of live) gauges.experimentShare.set({ experiment: experiment.name, variant: name }, basisPoints / 10_000);
  }
}
