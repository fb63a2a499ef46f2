export { startPostgres } from "./start-postgres.ts";
export type { RunningPostgres } from "./start-postgres.ts";
export { leaseHolders } from "./lease-holders.ts";
