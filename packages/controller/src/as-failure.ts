import { Failure } from "@gauntlet/core";

/** Anything thrown, as a Failure. What is not one is a fault of ours: `internal`, with its cause kept. */
export function asFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  return new Failure("internal", error instanceof Error ? error.message : String(error), { cause: error });
}
