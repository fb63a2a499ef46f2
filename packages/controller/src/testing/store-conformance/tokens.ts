import { expect } from "vitest";
import type { Store } from "../../ports/store.ts";
import type { StoredToken } from "../../ports/token-store.ts";
import { twoStores } from "./harness.ts";
import type { StoreCheck } from "./harness.ts";

function token(id: string, some: Partial<StoredToken> = {}): StoredToken {
  return { id, name: `token ${id} ü`, role: "operator", secretHash: id.padEnd(64, "0"), createdAt: 1_000, revokedAt: null, ...some };
}

export const tokenChecks: Readonly<Record<string, StoreCheck>> = {
  "tokens are listed oldest first, also after a restart": async (harness) => {
    expect(await harness.store.tokens.list()).toEqual([]);
    const tokens = [token("b", { createdAt: 1, role: "viewer" }), token("a", { createdAt: 2, role: "ingest" }), token("c", { createdAt: 2 })];
    for (const each of tokens.toReversed()) await harness.store.tokens.add(each);
    expect(await (await harness.reopen()).tokens.list()).toEqual(tokens);
  },
  "a live token's name, and any id, can't be used again": async ({ store }) => {
    await store.tokens.add(token("a", { name: "ci" }));
    await expect(store.tokens.add(token("b", { name: "ci" }))).rejects.toMatchObject({ code: "conflict" });
    await expect(store.tokens.add(token("a", { name: "other" }))).rejects.toMatchObject({ code: "conflict" });
    expect(await store.tokens.list()).toEqual([token("a", { name: "ci" })]);
  },
  "revoking frees the name, is kept, and happens once": async ({ store }) => {
    await store.tokens.add(token("a", { name: "ci" }));
    await store.tokens.revoke("a", 5_000);
    await store.tokens.revoke("a", 6_000);
    await store.tokens.add(token("b", { name: "ci" }));
    expect(await store.tokens.list()).toEqual([token("a", { name: "ci", revokedAt: 5_000 }), token("b", { name: "ci" })]);
  },
  "revoking an unknown token is an error": async ({ store }) => {
    await expect(store.tokens.revoke("nobody", 1)).rejects.toMatchObject({ code: "not_found" });
  },
  "of concurrent tokens of one name exactly one is added": async (harness) => {
    const stores = await twoStores(harness);
    const results = await Promise.allSettled(Array.from({ length: 6 }, (_, index) => (stores[index % 2] as Store).tokens.add(token(`t${index}`, { name: "ci" }))));
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const result of results) if (result.status === "rejected") expect(result.reason).toMatchObject({ code: "conflict" });
    expect(await stores[0].tokens.list()).toHaveLength(1);
  },
};
