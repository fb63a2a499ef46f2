import { spawn } from "node:child_process";
import { once } from "node:events";
import { createHash } from "node:crypto";
import { cpSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** Where a process stands still: before or after one of its port calls, which are counted from 1. */
export interface Boundary {
  readonly when: "before" | "after";
  readonly number: number;
  readonly call: string;
}

interface Life {
  readonly dataDir: string;
  readonly now: number;
  /** Who is told what the ledger says; null: it ticks. */
  readonly endpoint: string | null;
  /** For compiled code, which all lives share. */
  readonly cacheDir: string;
}

/**
 * One life of the process over its data. At every boundary it stands still while `visit` looks, and goes on or is killed with
 * SIGKILL as that says. Returns the signal that ended it, null for none.
 */
export async function live({ dataDir, now, endpoint, cacheDir }: Life, visit: (boundary: Boundary) => "go on" | "kill"): Promise<string | null> {
  const orders = [dataDir, String(now), ...(endpoint === null ? [] : [endpoint])];
  const child = spawn(process.execPath, [join(import.meta.dirname, "kill-child.ts"), ...orders], { stdio: ["pipe", "pipe", "inherit"], env: { ...process.env, NODE_COMPILE_CACHE: cacheDir } });
  const ended = once(child, "close") as Promise<[number | null, string | null]>;
  // Whoever is killed does not read any more.
  child.stdin.on("error", () => undefined);
  createInterface({ input: child.stdout }).on("line", (line) => {
    const [when, number, call = ""] = line.split(" ");
    if (visit({ when: when as Boundary["when"], number: Number(number), call }) === "kill") child.kill("SIGKILL");
    else child.stdin.write("\n");
  });
  const [code, signal] = await ended;
  if (code !== 0 && signal === null) throw new Error(`the process ended by itself, with ${code}`);
  return signal;
}

/**
 * Keeps what a kill at each boundary would leave: the files as they are while the process stands still, as any other process
 * sees them. What SIGKILL ends besides, memory and locks, is not in a copy either. Boundaries at which the files are the same
 * bytes share one copy. Returns the boundaries by copy.
 */
export async function everyDeath(life: Life, copyTo: (number: number) => string): Promise<ReadonlyMap<string, readonly Boundary[]>> {
  const copies = new Map<string, { readonly folder: string; readonly boundaries: Boundary[] }>();
  const signal = await live(life, (boundary) => {
    const digest = digestOfFiles(life.dataDir);
    const known = copies.get(digest);
    if (known !== undefined) known.boundaries.push(boundary);
    else {
      const folder = copyTo(copies.size);
      cpSync(life.dataDir, folder, { recursive: true });
      copies.set(digest, { folder, boundaries: [boundary] });
    }
    return "go on";
  });
  if (signal !== null) throw new Error(`the process ended with ${signal}`);
  return new Map([...copies.values()].map(({ folder, boundaries }) => [folder, boundaries]));
}

/** The index of a write-ahead log, which readers change too, is made anew from the log after a crash. */
function digestOfFiles(folder: string): string {
  const hash = createHash("sha256");
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" }).toSorted()) {
    if (name.endsWith("-shm")) continue;
    const file = join(folder, name);
    hash.update(`${name}\n`);
    if (statSync(file).isFile()) hash.update(readFileSync(file));
  }
  return hash.digest("hex");
}
