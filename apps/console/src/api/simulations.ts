import { paths, simulationReport, type SimulationAct, type SimulationReport } from "@gauntlet/contract";

import { newIdempotencyKey } from "./acts.ts";
import { post } from "./request.ts";

/** A simulation of thousands of runs takes minutes on a small machine. */
const TIMEOUT_MS = 15 * 60_000;

/** Tries a policy on the server; giving up ends it there too. */
export function sendSimulation(act: SimulationAct, with_: { readonly token: string; readonly signal: AbortSignal }): Promise<SimulationReport> {
  return post(paths.simulations, simulationReport, { body: act, idempotencyKey: newIdempotencyKey(), timeoutMs: TIMEOUT_MS, ...with_ });
}
