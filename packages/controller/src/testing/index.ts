export { emptyMemory } from "./memory-store/memory.ts";
export type { Memory } from "./memory-store/memory.ts";
export { openMemoryStore } from "./memory-store/open-memory-store.ts";
export { registryConformance } from "./registry-conformance.ts";
export type { MadeModel, RegistryHarness } from "./registry-conformance.ts";
export { trafficConformance } from "./traffic-conformance.ts";
export type { StoreHarness } from "./store-conformance/harness.ts";
export { storeConformance } from "./store-conformance/store-conformance.ts";
