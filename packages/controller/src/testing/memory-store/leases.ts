import type { LeaseStore } from "../../ports/lease-store.ts";
import type { Memory } from "./memory.ts";

export function memoryLeases(memory: Memory): LeaseStore {
  return {
    acquire: async ({ name, holder, now, ttlMs }) => {
      const row = memory.leases.get(name) ?? { holder: null, token: 0, expiresAt: 0 };
      const held = row.holder !== null && row.expiresAt > now;
      if (held && row.holder !== holder) return null;
      const token = held ? row.token : row.token + 1;
      memory.leases.set(name, { holder, token, expiresAt: now + ttlMs });
      return { name, holder, token, expiresAt: now + ttlMs };
    },
    release: async (lease) => {
      const row = memory.leases.get(lease.name);
      if (row !== undefined && row.token === lease.token) memory.leases.set(lease.name, { ...row, holder: null });
    },
  };
}
