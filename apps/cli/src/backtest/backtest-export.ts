import { backtestDecisions, backtestRamp, backtestSlots, Failure, recordedRollouts, requireAbtest, ROOT_CHAIN, verifyChain, type Backtest, type LedgerEntry, type Policy, type Recorded } from "@gauntlet/core";

import type { Cli } from "../output/cli.ts";
import { readNamed } from "../session/read-named.ts";
import { chosen, isMeant, type BacktestRequest } from "./backtest-store.ts";

/** On a ledger export: the evidence that it keeps with each decision, no more. @throws Failure `ledger_corrupt` */
export async function backtestExport(cli: Cli, file: string, { policy, model }: BacktestRequest): Promise<readonly Backtest[]> {
  const chains = Map.groupBy(entriesOf(readNamed(cli, "export", file), file), (entry) => entry.chain);
  chains.delete(ROOT_CHAIN);
  return chosen([...chains.keys()], model).flatMap((chain) => {
    const entries = chains.get(chain) ?? [];
    const { broken } = verifyChain(entries, null);
    if (broken !== null) throw new Failure("ledger_corrupt", `${file}: entry ${broken.seq} of ${chain}: ${broken.detail}`, { fix: "take an export that is whole" });
    return recordedRollouts(entries)
      .filter((one) => isMeant(one, { policy, model }))
      .map((recorded) => triedOn(policy, recorded));
  });
}

function triedOn(policy: Policy, recorded: Recorded): Backtest {
  if (policy.kind === "ramp") return backtestRamp(policy, recorded, null);
  if (policy.kind === "slots") return backtestSlots(policy, recorded);
  return backtestDecisions(requireAbtest(policy, "tried on recorded evidence"), recorded);
}

function entriesOf(text: string, file: string): readonly LedgerEntry[] {
  return text.split("\n").flatMap((line, index) => {
    if (line.trim() === "") return [];
    const entry = parsed(line);
    if (!isEntry(entry)) throw new Failure("ledger_corrupt", `${file}: line ${index + 1} is no ledger entry`, { fix: "give what `gauntlet ledger export` wrote" });
    return [entry];
  });
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

function isEntry(value: unknown): value is LedgerEntry {
  return typeof value === "object" && value !== null && "chain" in value && typeof value.chain === "string" && "event" in value && typeof value.event === "object" && value.event !== null && "kind" in value.event;
}
