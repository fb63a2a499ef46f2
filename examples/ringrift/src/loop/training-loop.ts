import type { GauntletClient, LadderEntry, ModelSummary, MonitorDetail } from "@gauntlet/client";

/** What a training loop asks of Gauntlet, as a program that knows nothing of it but the published client. */
export interface TrainingLoop {
  /** After a training run: what would a promotion do, and then, may this version have it? */
  evaluate(asked: Asked): Promise<{ readonly effects: readonly string[] }>;
  /** Each cycle: is it decided? */
  cycle(model: string): Promise<ModelSummary>;
  /** Each cycle after a promotion: does the version hold what it promised? The loop only asks; the server acts. */
  health(model: string): Promise<MonitorDetail["monitor"]>;
  /** How strong everybody is, by all matches of two. */
  ladder(config: string): Promise<readonly LadderEntry[]>;
}

interface Asked {
  readonly model: string;
  readonly version: string;
  /** The text of a policy file. */
  readonly policy: string;
}

export function trainingLoop(client: GauntletClient): TrainingLoop {
  return {
    async evaluate({ model, version, policy }) {
      const { effects } = await client.rollouts.preview(model, { policy, challenger: version });
      await client.rollouts.start(model, { policy, challenger: version });
      return { effects };
    },
    cycle: (model) => client.rollouts.tick(model),
    health: async (model) => (await client.monitor.model(model, { limit: 1 })).monitor,
    ladder: (config) => client.ratings.wholeLadder(config),
  };
}
