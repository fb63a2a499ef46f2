import { spawnSync } from "node:child_process";
import { existsSync, globSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

import type { BenchRow } from "./row.ts";

const LINES = 4000;

/** What each program reads; whole numbers from a fixed sequence. */
const INPUTS: Readonly<Record<string, (draw: (most: number) => number) => unknown>> = {
  fisher: (draw) => ({ a: draw(300), b: draw(300), c: draw(300), d: draw(300) }),
  mcnemar: (draw) => ({ b: draw(300), c: draw(300) }),
  wilson: (draw) => ({ proportion: { hits: draw(1000), of: 1000 } }),
  "mann-whitney": (draw) => ({ first: Array.from({ length: 50 }, () => draw(1000)), second: Array.from({ length: 50 }, () => draw(1000)) }),
};

/**
 * Statistics as programs that a pipeline calls, start included: ours against scipy's and statsmodels', which compute one
 * figure where ours gives all. Python's is the environment that `npm run test:real` installs.
 */
export function benchStatistics(): readonly BenchRow[] {
  const python = environment();
  if (python === null) process.stderr.write("statistics: scipy and statsmodels are not compared, since no environment has them; npm run test:real -- scipy installs one\n");
  return Object.entries(INPUTS).map(([statistic, make]): BenchRow => {
    const draw = draws();
    const input = Array.from({ length: LINES }, () => JSON.stringify(make(draw))).join("\n");
    const ours = linesPerSecond(process.execPath, [join(import.meta.dirname, "../../apps/cli/bin/gauntlet.mjs"), "stat", statistic, "--json"], input);
    const name = `statistics: ${statistic}, ${LINES} lines through a program`;
    if (python === null) return { name, perSecond: ours, target: null };
    return { name, perSecond: ours, target: null, baseline: { name: "scipy or statsmodels", perSecond: linesPerSecond(python, [join(import.meta.dirname, "statistics.py"), statistic], input) } };
  });
}

function environment(): string | null {
  const cache = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "gauntlet");
  const complete = globSync(join(cache, "statistics-*")).find((folder) => existsSync(join(folder, ".complete")));
  return complete === undefined ? null : join(complete, "bin", "python");
}

function linesPerSecond(command: string, args: readonly string[], input: string): number {
  const from = performance.now();
  const { status, stdout, stderr } = spawnSync(command, args, { input, encoding: "utf8", maxBuffer: 1e9 });
  const seconds = (performance.now() - from) / 1000;
  const lines = stdout.trimEnd().split("\n").length;
  if (status !== 0 || lines !== LINES) throw new Error(`${command} ${args.join(" ")} ended with ${status} after ${lines} lines\n${stderr.slice(-2000)}`);
  return LINES / seconds;
}

/** 1 … most, by a linear congruential generator (Numerical Recipes). */
function draws(): (most: number) => number {
  let state = 1;
  return (most) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return 1 + Math.floor((state / 2 ** 32) * most);
  };
}
