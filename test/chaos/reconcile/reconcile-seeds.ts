import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Backend } from "./node.ts";
import { runReconcileSeed } from "./run-reconcile-seed.ts";

/** Any number of seeds by hand; 0 when all of them end well. */
export async function reconcileSeeds({ from, count }: { readonly from: number; readonly count: number }): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "gauntlet-chaos-"));
  const failed: string[] = [];
  const seen = new Set<string>();
  try {
    for (let seed = from; seed < from + count; seed++) {
      failed.push(...(await runReconcileSeed({ seed, backend: backendOf(seed), folder: join(folder, String(seed)), seen: seen as Parameters<typeof runReconcileSeed>[0]["seen"] })));
      if ((seed - from) % 100 === 99) process.stderr.write(`\r${seed - from + 1} of ${count} seeds, ${failed.length} differences `);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  process.stderr.write("\n");
  console.log([...failed.slice(0, 10), `${count} seeds from ${from}: ${failed.length === 0 ? "every node says the same" : `${failed.length} nodes DIFFER`}; seen ${[...seen].toSorted().join(", ")}`].join("\n"));
  return failed.length === 0 ? 0 : 1;
}

/** Nodes on disk cost more, and differ in nothing that memory doesn't show; some runs have them. */
export function backendOf(seed: number): Backend {
  return seed % 100 === 50 ? "sqlite" : seed % 50 === 25 ? "segments" : "memory";
}
