import { memoryTraffic } from "./memory-traffic.ts";
import { trafficConformance } from "./traffic-conformance.ts";

trafficConformance("the traffic in memory", async () => ({ target: memoryTraffic(), close: async () => {} }));
