import { killServing } from "./kill-serving.ts";

/** `npm run chaos -- --serving`: so many kills of the application alone, and as many of the whole process. @returns the exit code */
export async function killsOfServing({ seed, kills }: { readonly seed: number; readonly kills: number }): Promise<number> {
  let failures = 0;
  for (const kind of ["app", "whole"] as const) {
    const onKill = (done: number): void => void process.stderr.write(`\r${kind}: ${done} of ${kills} kills `);
    const { slowestMs, problems } = await killServing({ kind, kills, seed, onKill });
    failures += problems.length;
    process.stderr.write("\n");
    for (const problem of problems) console.log(`${kind}: ${problem}`);
    console.log(`${kind}: ${kills} kills in the middle of swaps (seed ${seed}): registry, memory and cache ${problems.length === 0 ? "agreed" : `DISAGREED ${problems.length} times`}, the slowest ${Math.round(slowestMs)} ms after a restart`);
  }
  return failures === 0 ? 0 : 1;
}
