import { execFileSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";

import { beginRollout, outcomeBodies, sendOutcomes, startUp, type Up } from "./http.ts";
import type { BenchRow } from "./row.ts";

const MINUTES = 60;
/** Caches fill and code is compiled meanwhile. */
const WARM_UP_SHARE = 0.25;
const EVERY_MS = 2000;
/** 50 batches of 100 outcomes each time. */
const BATCHES = 50;
const GROWTH_MAX_MB_PER_HOUR = 30;

/**
 * Whether `gauntlet up` on SQLite keeps its size while outcomes come all the time: the slope of its resident memory over an
 * hour of load, or over `--minutes`, the first quarter left out.
 */
export async function benchMemory(): Promise<readonly BenchRow[]> {
  const minutes = process.argv.includes("--minutes") ? Number(process.argv[process.argv.indexOf("--minutes") + 1]) : MINUTES;
  if (!(minutes > 0)) throw new Error("--minutes is a number above 0");
  const up = await startUp("store: { kind: sqlite }");
  try {
    await beginRollout(up);
    const samples = await loadFor(up, minutes * 60_000);
    const slope = slopeOf(samples);
    process.stderr.write(`memory: ${Math.round(samples[0]!.mb)} MB after the warm-up, ${Math.round(samples.at(-1)!.mb)} MB at the end of ${minutes} minutes, ${samples.length} samples\n`);
    return [{ name: `memory under load for ${minutes} min, MB an hour`, perSecond: slope, target: null, atMost: GROWTH_MAX_MB_PER_HOUR }];
  } finally {
    await up.stop();
  }
}

interface Sample {
  readonly ms: number;
  readonly mb: number;
}

async function loadFor(up: Up, durationMs: number): Promise<readonly Sample[]> {
  const samples: Sample[] = [];
  const from = performance.now();
  for (let ms = 0; ms < durationMs; ms = performance.now() - from) {
    await sendOutcomes(up, outcomeBodies(BATCHES));
    if (ms >= durationMs * WARM_UP_SHARE) samples.push({ ms, mb: residentMb(up) });
    await sleep(Math.max(0, EVERY_MS - (performance.now() - from - ms)));
  }
  if (samples.length < 10) throw new Error(`${samples.length} samples are too few for a slope: give more minutes`);
  return samples;
}

function residentMb({ child }: Up): number {
  return Number(execFileSync("ps", ["-o", "rss=", "-p", String(child.pid)]).toString()) / 1024;
}

/** Of the line of least squares, in MB an hour. */
function slopeOf(samples: readonly Sample[]): number {
  const meanMs = samples.reduce((sum, { ms }) => sum + ms, 0) / samples.length;
  const meanMb = samples.reduce((sum, { mb }) => sum + mb, 0) / samples.length;
  const product = samples.reduce((sum, { ms, mb }) => sum + (ms - meanMs) * (mb - meanMb), 0);
  const square = samples.reduce((sum, { ms }) => sum + (ms - meanMs) ** 2, 0);
  return (product / square) * 3_600_000;
}
