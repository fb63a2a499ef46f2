export { listen } from "./listen.ts";
export type { Answering, Listening } from "./listen.ts";
export { createRegistry, MLFLOW_VERSION } from "./registry.ts";
export type { EmbeddedRegistry, Permission, RegistryOptions } from "./registry.ts";
export type { Access } from "./request/route.ts";
export { refuseClimbing } from "./request/target.ts";
