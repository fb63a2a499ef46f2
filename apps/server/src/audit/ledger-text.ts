import { readChain, type Store } from "@gauntlet/controller";
import { ROOT_CHAIN } from "@gauntlet/core";

const LINES = 200;

/**
 * Every entry of every chain as a JSON object on a line of its own, some lines at a time. Model chains come first, the
 * root that covers them last, so that an import can check it.
 */
export async function* ledgerText(store: Pick<Store, "ledger">): AsyncGenerator<string> {
  const heads = await store.ledger.heads();
  const chains = heads.map((head) => head.chain).toSorted((a, b) => Number(a === ROOT_CHAIN) - Number(b === ROOT_CHAIN));
  let lines: string[] = [];
  for (const chain of chains) {
    for await (const entry of readChain(store, chain)) {
      lines.push(`${JSON.stringify(entry)}\n`);
      if (lines.length < LINES) continue;
      yield lines.join("");
      lines = [];
    }
  }
  if (lines.length > 0) yield lines.join("");
}
