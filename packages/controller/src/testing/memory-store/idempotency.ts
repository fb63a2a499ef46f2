import type { IdempotencyStore } from "../../ports/idempotency-store.ts";
import { unknownKey } from "../../store-rules/refusals.ts";
import type { Memory } from "./memory.ts";

export function memoryIdempotency(memory: Memory): IdempotencyStore {
  return {
    begin: async ({ key, digest, now, staleMs }) => {
      const row = memory.keys.get(key);
      if (row === undefined || (row.answer === null && row.begunAt < now - staleMs)) {
        memory.keys.set(key, { digest, begunAt: now, answer: null });
        return { kind: "new" };
      }
      if (row.digest !== digest) return { kind: "mismatch" };
      return row.answer === null ? { kind: "in_flight" } : { kind: "done", ...row.answer };
    },
    finish: async (key, answer) => {
      const row = memory.keys.get(key);
      if (row === undefined) throw unknownKey(key);
      if (row.answer === null) memory.keys.set(key, { ...row, answer: { status: answer.status, body: answer.body } });
    },
    abandon: async (key) => {
      if (memory.keys.get(key)?.answer === null) memory.keys.delete(key);
    },
    forget: async (before) => {
      const old = [...memory.keys].filter(([, row]) => row.begunAt < before);
      for (const [key] of old) memory.keys.delete(key);
      return old.length;
    },
  };
}
