export { localTraffic } from "./local-traffic/local-traffic.ts";
export { readHolder } from "./sqlite/data-dir-lock.ts";
export type { Holder } from "./sqlite/data-dir-lock.ts";
export { openSqliteStore } from "./sqlite/open-sqlite-store.ts";
export type { SqliteOptions, SqliteStore } from "./sqlite/open-sqlite-store.ts";
