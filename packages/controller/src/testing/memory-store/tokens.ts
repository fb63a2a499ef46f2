import type { TokenStore } from "../../ports/token-store.ts";
import { tokenIdTaken, tokenTaken, unknownToken } from "../../store-rules/refusals.ts";
import { compareTokens } from "../../store-rules/order.ts";
import { keep } from "./memory.ts";
import type { Memory } from "./memory.ts";

export function memoryTokens(memory: Memory): TokenStore {
  return {
    list: async () => [...memory.tokens.values()].toSorted(compareTokens),
    add: async (token) => {
      const nameTaken = [...memory.tokens.values()].some((other) => other.revokedAt === null && other.name === token.name);
      if (token.revokedAt === null && nameTaken) throw tokenTaken(token.name);
      if (memory.tokens.has(token.id)) throw tokenIdTaken(token.id);
      memory.tokens.set(token.id, keep(token));
    },
    revoke: async (id, at) => {
      const token = memory.tokens.get(id);
      if (token === undefined) throw unknownToken(id);
      if (token.revokedAt === null) memory.tokens.set(id, keep({ ...token, revokedAt: at }));
    },
  };
}
