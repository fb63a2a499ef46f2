import { asFailure } from "@gauntlet/controller";

import type { Operation } from "../routes/operation.ts";

/** The same route, with its durations and what became of its calls shown at /metrics. */
export function measured(handle: Operation["handle"]): Operation["handle"] {
  return async (c, services) => {
    const from = performance.now();
    let status = 500;
    try {
      const response = await handle(c, services);
      ({ status } = response);
      return response;
    } catch (error) {
      ({ status } = asFailure(error));
      throw error;
    } finally {
      services.metrics.assigned(status, performance.now() - from);
    }
  };
}
