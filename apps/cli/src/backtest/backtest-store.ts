import { backtestCells, backtestRamp, backtestSlots, Failure, recordedRollouts, requireAbtest, ROOT_CHAIN, type Backtest, type EvidenceCell, type LedgerEntry, type Policy, type Rollout } from "@gauntlet/core";
import type { Store } from "@gauntlet/server";
import { existsSync, statSync } from "node:fs";
import { resolve } from "node:path";

import type { Cli } from "../output/cli.ts";
import { reading } from "../session/open-session.ts";

export interface BacktestRequest {
  readonly policy: Policy;
  /** null: every model. */
  readonly model: string | null;
}

/** On the evidence of a store, which is only read. `from` is a data directory; null is this installation's store. */
export async function backtestStore(cli: Cli, from: string | null, request: BacktestRequest): Promise<readonly Backtest[]> {
  if (from === null) return reading(cli, (store) => overStore(store, request));
  const dataDir = resolve(cli.cwd, from);
  if (!existsSync(dataDir) || !statSync(dataDir).isDirectory()) throw new Failure("not_found", `${dataDir} is no data directory`, { fix: "name a data directory, or an export whose name ends in .ndjson" });
  // A directory is meant, whatever store this installation has.
  const plain = { ...cli, options: { data: dataDir }, environment: {}, cwd: dataDir };
  return reading(plain, (store) => overStore(store, request));
}

async function overStore(store: Store, { policy, model }: BacktestRequest): Promise<readonly Backtest[]> {
  const { readChain } = await import("@gauntlet/server");
  const chains = (await store.ledger.heads()).map((head) => head.chain).filter((chain) => chain !== ROOT_CHAIN);
  const found: Backtest[] = [];
  for (const chain of chosen(chains, model)) {
    const entries: LedgerEntry[] = [];
    for await (const entry of readChain(store, chain)) entries.push(entry);
    for (const recorded of recordedRollouts(entries).filter((one) => isMeant(one, { policy, model }))) {
      if (policy.kind === "slots") {
        // The ledger has all the counts, those of other epochs among them.
        found.push(backtestSlots(policy, recorded));
        continue;
      }
      const cells: EvidenceCell[] = [];
      const epochs = policy.kind === "ramp" ? new Set(recorded.decisions.map(({ decision }) => decision.epoch)) : [recorded.rollout.allocation.epoch];
      for (const epoch of epochs) cells.push(...(await store.evidence.cells({ model: chain, epoch, from: 0, to: Number.MAX_SAFE_INTEGER })));
      found.push(policy.kind === "ramp" ? backtestRamp(policy, recorded, cells) : backtestCells(requireAbtest(policy, "tried on recorded evidence"), recorded, cells));
    }
  }
  return found;
}

/** Rollouts of another kind are passed over, unless their model was named: then they are refused, with the reason. */
export function isMeant({ rollout }: { readonly rollout: Rollout }, { policy, model }: BacktestRequest): boolean {
  return model !== null || rollout.policy.kind === policy.kind;
}

/** @throws Failure `not_found` for a model that has no ledger. */
export function chosen(chains: readonly string[], model: string | null): readonly string[] {
  if (model === null) return chains.toSorted();
  if (!chains.includes(model)) throw new Failure("not_found", `there is no ledger of ${model}`, { fix: chains.length === 0 ? "there is none of any model" : `name one of ${chains.toSorted().join(", ")}` });
  return [model];
}
