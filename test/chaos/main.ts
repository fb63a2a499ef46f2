import { parseArgs } from "node:util";

import { manySeeds } from "./many-seeds.ts";
import { reconcileSeeds } from "./reconcile/reconcile-seeds.ts";
import { runSeed } from "./run-seed.ts";
import { killsOfServing } from "./serving/kills-of-serving.ts";

const USAGE = "usage: npm run chaos -- [--seeds 10000] [--from 1] [--promotion] | --seed N [--trace] [--promotion] | --reconcile [--seeds 10000] [--from 1] | --serving [--seeds 100] [--from 1]";

const { values } = parseArgs({
  options: { seeds: { type: "string" }, from: { type: "string", default: "1" }, seed: { type: "string" }, trace: { type: "boolean", default: false }, promotion: { type: "boolean", default: false }, reconcile: { type: "boolean", default: false }, serving: { type: "boolean", default: false } },
});
const seeds = values.seeds ?? (values.serving ? "100" : "2000");
const numbers = [seeds, values.from, values.seed ?? "1"].map(Number);
if (numbers.every((number) => Number.isSafeInteger(number) && number > 0)) {
  if (values.serving) process.exitCode = await killsOfServing({ seed: Number(values.seed ?? values.from), kills: Number(seeds) });
  else if (values.reconcile) process.exitCode = await reconcileSeeds({ from: Number(values.seed ?? values.from), count: values.seed === undefined ? Number(seeds) : 1 });
  else process.exitCode = values.seed === undefined ? await many(Number(values.from), Number(seeds)) : await one(Number(values.seed), values.trace ? Number.POSITIVE_INFINITY : 0);
} else {
  console.error(USAGE);
  process.exitCode = 2;
}

function again(seed: number): string {
  return `npm run chaos -- --seed ${seed} --trace${values.promotion ? " --promotion" : ""}`;
}

/** Prints as many of the last port calls as are asked for. */
async function one(seed: number, calls: number): Promise<number> {
  const result = await runSeed(seed, { tracing: calls > 0, promotion: values.promotion });
  if (calls > 0) console.log(result.trace.slice(-Math.min(calls, result.trace.length)).join("\n"));
  console.log(`seed ${seed}: ${result.ok ? `every invariant holds, ended ${result.ending}` : "FAILS"}`);
  for (const problem of result.problems) console.log(`  ${problem}`);
  return result.ok ? 0 : 1;
}

async function many(from: number, count: number): Promise<number> {
  const endings = new Map<string, number>();
  const failed: number[] = [];
  const started = performance.now();
  let done = 0;
  await manySeeds({ from, count, promotion: values.promotion }, (result) => {
    done += 1;
    endings.set(result.ending, (endings.get(result.ending) ?? 0) + 1);
    if (!result.ok) {
      failed.push(result.seed);
      console.log(`seed ${result.seed} FAILS: ${result.problems.join("\n  ")}\n  replay it: ${again(result.seed)}`);
    }
    const perSecond = Math.round(done / ((performance.now() - started) / 1000));
    if (done % 100 === 0 || done === count) process.stderr.write(`\r${done} of ${count} seeds, ${failed.length} failed, ${perSecond} seeds/s `);
  });
  process.stderr.write("\n");
  const [first] = failed.toSorted((a, b) => a - b);
  if (first !== undefined) await one(first, 200);
  const spread = [...endings].toSorted((a, b) => b[1] - a[1]).map(([ending, times]) => `${ending} ${times}`);
  console.log(`${count} seeds from ${from}: ${failed.length === 0 ? "every invariant holds" : `${failed.length} FAILED (${failed.slice(0, 10).join(", ")})`}; ended ${spread.join(", ")}`);
  return failed.length === 0 ? 0 : 1;
}
