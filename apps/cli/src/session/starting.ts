import type { Acted } from "@gauntlet/contract";
import type { Policy } from "@gauntlet/core";

import type { Cli } from "../output/cli.ts";
import { changing } from "./changing.ts";
import { named } from "./named.ts";

export interface Starting {
  readonly policy: Policy;
  /** The file the policy was read from. */
  readonly text: string;
  /** null: a policy of slots, which finds it in the registry. */
  readonly challenger: string | null;
  readonly by: string | null;
  readonly command: string;
}

/** Begins a rollout, with the tick that opens its split. Returns the ledger entry that says so. */
export function starting(cli: Cli, { policy, text, challenger, by, command }: Starting): Promise<Acted> {
  return changing(cli, { command, by }, {
    server: ({ rollouts }) => rollouts.start(policy.model, { policy: text, ...named(challenger) }),
    here: async (server, who) => {
      const { startRollout } = await import("@gauntlet/server");
      const { model, seq, hash } = await startRollout(server.composition.controller, { policy, challenger, by: who });
      await server.tick(model);
      return { model, seq, hash };
    },
  });
}
