import { killServing } from "./kill-serving.ts";

/** `npm run chaos -- --serving`: so many kills of the application alone, as many of the whole process, and as many of it in the middle of promotions. @returns the exit code */
export async function killsOfServing({ seed, kills }: { readonly seed: number; readonly kills: number }): Promise<number> {
  let failures = 0;
  for (const kind of ["app", "whole", "promotion"] as const) {
    const onKill = (done: number): void => void process.stderr.write(`\r${kind}: ${done} of ${kills} kills `);
    const { slowestMs, places, problems } = await killServing({ kind, kills, seed, onKill });
    failures += problems.length;
    process.stderr.write("\n");
    for (const problem of problems) console.log(`${kind}: ${problem}`);
    console.log(`${kind}: ${kills} kills in the middle of swaps (seed ${seed}): registry, memory and cache ${problems.length === 0 ? "agreed" : `DISAGREED ${problems.length} times`}, the slowest ${Math.round(slowestMs)} ms after a restart${kind === "promotion" ? `; ${places.before} died before the decision, ${places.amid} amid its effects, ${places.after} after; ${problems.length === 0 ? "all" : "not all"} were carried out` : ""}`);
  }
  return failures === 0 ? 0 : 1;
}
