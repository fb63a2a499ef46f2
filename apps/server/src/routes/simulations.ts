import { parsePolicy, parseWorld, simulationAct, simulationReport } from "@gauntlet/contract";
import { Failure } from "@gauntlet/core";
import { availableParallelism } from "node:os";

import { parseAs, parseJson, readText } from "../http/read-body.ts";
import type { Services } from "../services.ts";
import { runSimulations } from "../simulation/run-simulations.ts";
import type { Operation } from "./operation.ts";

const BYTES_MAX = 200_000;

/** Servers that are simulating: one at a time, since it takes the processors. */
const busy = new WeakSet<Services>();

export const simulationRoutes: readonly Operation[] = [
  {
    method: "POST",
    path: "/v1/simulations",
    access: "operator",
    summary: "Tries a policy in a made world and answers its operating characteristics; changes nothing",
    body: simulationAct,
    answer: { type: "application/json", schema: simulationReport },
    handle: async (c, services) => {
      const { policy, world, metric, effects, runs, seed } = parseAs(simulationAct, parseJson(await readText(c, BYTES_MAX)));
      const request = { policy: parsePolicy(policy, "the policy"), world: parseWorld(world, "the world"), metric, effects, runs, seed };
      if (busy.has(services)) throw new Failure("in_flight", "another simulation is running on this server", { fix: "try again when it is done, or run `gauntlet simulate` elsewhere" });
      busy.add(services);
      try {
        // One processor stays for the requests of others, and who goes away needs no answer.
        return c.json(await runSimulations({ ...request, threads: Math.max(1, availableParallelism() - 1), signal: c.req.raw.signal }));
      } finally {
        busy.delete(services);
      }
    },
  },
];
