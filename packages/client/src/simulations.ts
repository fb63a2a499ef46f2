import type { SimulationReport } from "@gauntlet/contract";
import { paths } from "@gauntlet/contract/paths";

import type { CallOptions, Connection } from "./connection.ts";
import { ask } from "./read.ts";

/** What is to be tried; what is left out has the server's own value. */
export interface SimulationCall {
  /** The text of a policy file. */
  readonly policy: string;
  /** The text of a world file. */
  readonly world?: string;
  readonly metric?: string | null;
  readonly effects?: readonly number[] | null;
  readonly runs?: number;
  readonly seed?: number;
}

export interface Simulations {
  /** Tries a policy in a made world; changes nothing. */
  run(call: SimulationCall, options?: CallOptions): Promise<SimulationReport>;
}

export function simulations(server: Connection): Simulations {
  return { run: (body, options) => ask(server, { path: paths.simulations, body, options }) };
}
