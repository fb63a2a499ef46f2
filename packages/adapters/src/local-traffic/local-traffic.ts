import type { AllocationStore, TrafficTarget } from "@gauntlet/controller";
import { Failure, requireAllocation } from "@gauntlet/core";

/**
 * The built-in serving target: gateways read the allocation from the same store, so what is stored is what serves.
 * A gateway sees a new epoch within a second. An allocation that is not a partition is refused (`invalid_input`).
 */
export function localTraffic(allocations: AllocationStore): TrafficTarget {
  return {
    read: (model) => asTraffic(() => allocations.get(model)),
    apply: (allocation) =>
      asTraffic(() => {
        requireAllocation(allocation);
        return allocations.put(allocation);
      }),
  };
}

/** A store that is out leaves the traffic as uncertain as any other target that does not answer. */
async function asTraffic<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== "store_unavailable") throw error;
    throw new Failure("traffic_unavailable", `the allocation store does not answer: ${error.message}`, {
      cause: error,
      ...(error.fix === null ? {} : { fix: error.fix }),
    });
  }
}
