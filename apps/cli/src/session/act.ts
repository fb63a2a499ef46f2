import type { Acted } from "@gauntlet/contract";
import { EXIT, show, type Cli } from "../output/cli.ts";
import { changing } from "./changing.ts";

type Verb = "hold" | "resume" | "reject" | "promote" | "rollback";

export interface ActRequest {
  readonly model: string;
  readonly verb: Verb;
  readonly reason: string;
  readonly by: string | null;
}

/** Does what a person asks for, with the tick that answers it. Returns the ledger entry of the request. */
export function act(cli: Cli, request: ActRequest): Promise<Acted> {
  const { model, verb, reason } = request;
  return changing(cli, { command: verb, by: request.by }, {
    server: ({ rollouts }) => rollouts[verb](model, reason),
    here: async (server, by) => {
      const use = await import("@gauntlet/server");
      const { controller } = server.composition;
      const ask = { by, reason };
      const state = verb === "hold" ? await use.hold(controller, model, ask) : verb === "resume" ? await use.resume(controller, model, ask) : await use.request(controller, model, { kind: verb, ...ask });
      await server.tick(model);
      return { model, seq: state.seq, hash: state.hash };
    },
  });
}

/** The same, told to the person. */
export async function actAndTell(cli: Cli, request: ActRequest, told: string): Promise<number> {
  const done = await act(cli, request);
  show(cli, done, () => `${told} (ledger entry ${done.seq})`);
  return EXIT.ok;
}
