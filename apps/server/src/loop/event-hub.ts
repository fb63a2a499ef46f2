import { ROOT_CHAIN } from "@gauntlet/core";
import type { ChainHead, LedgerStore } from "@gauntlet/controller";
import { createHash } from "node:crypto";

/** A chain has a new head. */
export interface ChainEvent {
  readonly id: string;
  readonly model: string;
  readonly seq: number;
}

export interface EventHub {
  /**
   * Calls `send` for every chain that gets a new head. With the id of an event that was seen before, and if anything
   * happened since, it begins with the present head of every chain: what was missed is told, if not one by one. `end` is
   * called when the server stops. Returns what ends the subscription.
   */
  subscribe(lastEventId: string | null, send: (event: ChainEvent) => void, end: () => void): Promise<() => void>;
  /** Looks now: something was written in this process. */
  nudge(): void;
  close(): void;
}

/** Other replicas write too, so heads are read again this often while somebody listens. */
const POLL_MS = 1000;

export function eventHub(ledger: LedgerStore, report: (error: unknown) => void): EventHub {
  const listeners = new Map<(event: ChainEvent) => void, () => void>();
  let known: ReadonlyMap<string, number> = new Map();
  let timer: NodeJS.Timeout | null = null;
  let looking: Promise<void> | null = null;

  async function look(): Promise<void> {
    try {
      const heads = (await ledger.heads()).filter((head) => head.chain !== ROOT_CHAIN);
      const id = idOf(heads);
      for (const head of heads) {
        if (known.get(head.chain) === head.seq) continue;
        for (const send of listeners.keys()) send({ id, model: head.chain, seq: head.seq });
      }
      known = new Map(heads.map((head) => [head.chain, head.seq]));
    } catch (error) {
      report(error);
    } finally {
      looking = null;
    }
  }

  function lookNow(): Promise<void> {
    looking ??= look();
    return looking;
  }

  return {
    async subscribe(lastEventId, send, end) {
      if (listeners.size === 0) await lookNow();
      const heads = (await ledger.heads()).filter((head) => head.chain !== ROOT_CHAIN);
      const id = idOf(heads);
      if (lastEventId !== null && lastEventId !== id) for (const head of heads) send({ id, model: head.chain, seq: head.seq });
      listeners.set(send, end);
      timer ??= setInterval(() => void lookNow(), POLL_MS);
      return () => {
        listeners.delete(send);
        if (listeners.size > 0 || timer === null) return;
        clearInterval(timer);
        timer = null;
      };
    },
    nudge() {
      if (listeners.size > 0) void lookNow();
    },
    close() {
      if (timer !== null) clearInterval(timer);
      timer = null;
      for (const end of listeners.values()) end();
      listeners.clear();
    },
  };
}

/** Names the heads of all chains: equal ids, nothing happened in between. */
function idOf(heads: readonly ChainHead[]): string {
  return createHash("sha256").update(JSON.stringify(heads.map((head) => [head.chain, head.seq]))).digest("hex").slice(0, 24);
}
