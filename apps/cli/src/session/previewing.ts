import type { Preview } from "@gauntlet/contract";
import type { Policy } from "@gauntlet/core";

import type { Cli } from "../output/cli.ts";
import { changing } from "./changing.ts";
import { named } from "./named.ts";
import { reading } from "./open-session.ts";

/** A start, or the next decision on the rollout that runs. */
export type PreviewOf = { readonly kind: "start"; readonly policy: Policy; readonly text: string; readonly challenger: string | null } | { readonly kind: "next"; readonly model: string };

/** What would happen, with nothing recorded and nothing applied. @throws Failure `not_found` where there are no data. */
export async function previewing(cli: Cli, of: PreviewOf): Promise<Preview> {
  // Beside a server the data need not be here; without one, looking must not make a new data directory.
  return changing(cli, { command: "plan", by: null, before: () => reading(cli, async () => undefined) }, {
    server: ({ rollouts }) => (of.kind === "next" ? rollouts.preview(of.model) : rollouts.preview(of.policy.model, { policy: of.text, ...named(of.challenger) })),
    here: async (server) => {
      const use = await import("@gauntlet/server");
      const { controller } = server.composition;
      return use.previewView(of.kind === "next" ? await use.previewTick(controller, of.model) : await use.previewStart(controller, { policy: of.policy, challenger: of.challenger, by: "a preview" }));
    },
  });
}
