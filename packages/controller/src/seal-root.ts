import { ROOT_CHAIN, sealEntry } from "@gauntlet/core";

import type { Controller } from "./controller.ts";

/**
 * Writes a root entry that covers the heads of all chains, so that no chain can be cut short or replaced as a whole
 * without it showing. Does nothing when no head has moved since the last one. Replicas may race: one wins, and the
 * loser's heads are covered by the next.
 */
export async function sealRoot(controller: Pick<Controller, "store" | "clock">): Promise<void> {
  const { ledger } = controller.store;
  const all = await ledger.heads();
  const root = all.find((head) => head.chain === ROOT_CHAIN);
  const heads = Object.fromEntries(all.filter((head) => head.chain !== ROOT_CHAIN).map((head) => [head.chain, { seq: head.seq, hash: head.hash }]));
  const [last] = root === undefined ? [] : await ledger.read(ROOT_CHAIN, root.seq - 1, 1);
  const covered = last?.event.kind === "root" ? last.event.heads : {};
  if (Object.entries(heads).every(([chain, head]) => covered[chain]?.hash === head.hash)) return;
  const entry = sealEntry(root ?? null, { chain: ROOT_CHAIN, at: controller.clock.now(), event: { kind: "root", heads } });
  await ledger.append({ chain: ROOT_CHAIN, expect: { seq: root?.seq ?? 0, hash: root?.hash ?? entry.prev }, fence: null, entries: [entry], state: null });
}
