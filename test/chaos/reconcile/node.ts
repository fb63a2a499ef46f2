import { openMatchSegments, openSqliteStore } from "@gauntlet/adapters";
import { openMatchLedger, sessionShelf, type MatchLedger, type MatchStore, type SessionShelf } from "@gauntlet/controller";
import { emptyMemory, openMemoryStore } from "@gauntlet/controller/testing";
import { Failure } from "@gauntlet/core";
import { hash } from "node:crypto";
import { join } from "node:path";

export type Backend = "memory" | "segments" | "sqlite";

/** What outlives a node's process. */
interface Disk {
  open(): Promise<{ readonly matches: MatchStore; close(): Promise<void> }>;
}

/** A process is killed at this append, before or after it is durable. */
type Blow = { readonly kind: "before" | "after" } | null;

/** One node: a ledger over a store, that may be killed and started again. */
export class ChaosNode {
  readonly name: string;
  readonly #disk: Disk;
  readonly #now: () => number;
  #opened: Awaited<ReturnType<Disk["open"]>> | null = null;
  #blow: Blow = null;
  ledger!: MatchLedger;
  shelf!: SessionShelf;
  /** Grows with each start; what an older process began is over. */
  life = 0;

  constructor(name: string, disk: Disk, now: () => number) {
    this.name = name;
    this.#disk = disk;
    this.#now = now;
  }

  async start(): Promise<void> {
    await this.#opened?.close();
    this.#opened = await this.#disk.open();
    this.#blow = null;
    this.life++;
    const store = this.#mortal(this.#opened.matches, this.life);
    this.ledger = await openMatchLedger({ store, node: this.name, strategy: "last_write_wins", clock: { now: this.#now }, hash: (text) => hash("sha256", text, "hex") });
    this.shelf = sessionShelf({ ledger: this.ledger, sketchKey: [this.life, 99], now: this.#now });
  }

  killAtNextAppend(kind: "before" | "after"): void {
    this.#blow = { kind };
  }

  async stop(): Promise<void> {
    await this.#opened?.close();
    this.#opened = null;
  }

  /** A store that a dead process no longer reaches. */
  #mortal(store: MatchStore, life: number): MatchStore {
    const dead = (): never => {
      throw new Failure("store_unavailable", "this process was killed");
    };
    const alive = (): void => void (this.life !== life && dead());
    return {
      append: async (records, expect) => {
        alive();
        const blow = this.#blow;
        this.#blow = null;
        if (blow !== null) this.life++;
        if (blow?.kind === "before") dead();
        const appended = await store.append(records, expect);
        return blow === null ? appended : dead();
      },
      read: async (after, limit) => (alive(), store.read(after, limit)),
      held: async (id) => (alive(), store.held(id)),
      head: async () => (alive(), store.head()),
    };
  }
}

export function diskOf(backend: Backend, folder: string): Disk {
  switch (backend) {
    case "memory": {
      const memory = emptyMemory();
      return {
        open: async () => {
          const store = openMemoryStore(memory);
          return { matches: store.matches, close: () => store.close() };
        },
      };
    }
    case "segments":
      return {
        open: async () => {
          const store = await openMatchSegments({ folder: join(folder, "segments"), mode: "exclusive", holder: "chaos" });
          return { matches: store, close: () => store.close() };
        },
      };
    case "sqlite":
      return {
        open: async () => {
          const store = await openSqliteStore({ dataDir: folder, mode: "exclusive", holder: "chaos" });
          return { matches: store.matches, close: () => store.close() };
        },
      };
  }
}
