import type { AppendRequest, ChainHead, LedgerStore } from "../../ports/ledger-store.ts";
import { checkAppend, confirmedAfter } from "../../store-rules/check-append.ts";
import { checkFence, unknownChain } from "../../store-rules/refusals.ts";
import { compareText } from "../../store-rules/order.ts";
import { keep } from "./memory.ts";
import type { Chain, Memory } from "./memory.ts";

export function memoryLedger(memory: Memory): LedgerStore {
  return {
    append: async (request) => append(memory, request),
    read: async (chain, after, limit) => (memory.chains.get(chain)?.entries ?? []).filter((entry) => entry.seq > after).slice(0, limit),
    head: async (chain) => headOf(chain, memory.chains.get(chain)),
    heads: async () =>
      [...memory.chains]
        .map(([name, chain]) => headOf(name, chain))
        .filter((head) => head !== null)
        .toSorted((a, b) => compareText(a.chain, b.chain)),
    confirm: async (chain, at) => {
      const present = memory.chains.get(chain);
      if (present === undefined) throw unknownChain(chain);
      memory.chains.set(chain, { ...present, confirmedAt: at });
    },
  };
}

function append(memory: Memory, request: AppendRequest): void {
  const chain = memory.chains.get(request.chain) ?? { entries: [], state: null, confirmedAt: null };
  if (request.fence !== null) checkFence(request.fence, memory.leases.get(request.fence.lease) ?? null);
  checkAppend(request, chain.entries.at(-1) ?? null);
  memory.chains.set(request.chain, {
    entries: [...chain.entries, ...keep(request.entries)],
    state: keep(request.state),
    confirmedAt: confirmedAfter(request, { decisionId: chain.state?.decision?.id ?? null, confirmedAt: chain.confirmedAt }),
  });
}

function headOf(name: string, chain: Chain | undefined): ChainHead | null {
  const newest = chain?.entries.at(-1);
  if (chain === undefined || newest === undefined) return null;
  return { chain: name, seq: newest.seq, hash: newest.hash, state: chain.state, confirmedAt: chain.confirmedAt };
}
