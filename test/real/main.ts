// Tries Gauntlet against real servers and clients: `npm run test:real`, or with words to choose: `-- mlflow python`.
// Progress goes to stderr; stdout gets one table, and as its last line the counts.
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import type { Component, Context, Result } from "./component.ts";
import { createProcesses } from "./processes.ts";

interface Row {
  readonly name: string;
  readonly version: string;
  readonly kind: "passed" | "failed" | "skipped";
  readonly text: string;
}

/** A component that hangs fails, and the others still run. Some build a server at their first run. */
const COMPONENT_MS = 15 * 60_000;

async function main(): Promise<number> {
  const processes = createProcesses();
  process.once("exit", () => processes.killAll());
  const workDir = await mkdtemp(join(tmpdir(), "gauntlet-real-"));
  const cleanUp = async (): Promise<void> => {
    await processes.stopAll();
    await rm(workDir, { recursive: true, force: true });
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => {
      log(`${signal}: stopping what was started`);
      void cleanUp().finally(() => process.exit(130));
    });
  }
  try {
    const cacheDir = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "gauntlet");
    await mkdir(cacheDir, { recursive: true });
    const made = new Map<string, Promise<unknown>>();
    const context: Context = {
      cacheDir,
      workDir,
      processes,
      log,
      once<T>(key: string, make: () => Promise<T>): Promise<T> {
        const found = made.get(key) ?? make();
        made.set(key, found);
        return found as Promise<T>;
      },
    };
    const rows: Row[] = [];
    for (const component of await chosenComponents(process.argv.slice(2))) rows.push(await runOne(component, context));
    process.stdout.write(report(rows));
    return rows.length === 0 || rows.some((row) => row.kind === "failed") ? 1 : 0;
  } finally {
    await cleanUp();
  }
}

async function chosenComponents(words: readonly string[]): Promise<readonly Component[]> {
  const folder = join(import.meta.dirname, "components");
  const files = (await readdir(folder)).filter((file) => file.endsWith(".ts")).toSorted();
  const components = await Promise.all(files.map(async (file) => ((await import(join(folder, file))) as { readonly component: Component }).component));
  const chosen = components.filter(({ name }) => words.length === 0 || words.some((word) => name.toLowerCase().includes(word.toLowerCase())));
  if (chosen.length === 0) log(`nothing is called ${words.join(" or ")}; there is: ${components.map(({ name }) => name).join(", ")}`);
  return chosen;
}

async function runOne(component: Component, context: Context): Promise<Row> {
  const { name, required } = component;
  log(`${name}: …`);
  const began = Date.now();
  const row = await outcomeOf(component, context).then(
    (result): Row => {
      if (result.kind === "passed") return { name, version: result.version, kind: "passed", text: `passed: ${result.note}` };
      if (required && process.env["CI"] === "true") return { name, version: result.version, kind: "failed", text: `failed: required, but ${result.why}` };
      return { name, version: result.version, kind: "skipped", text: `skipped: ${result.why}` };
    },
    (error: unknown): Row => {
      const message = error instanceof Error ? error.message : String(error);
      log(`${name} failed:\n${error instanceof Error ? (error.stack ?? message) : message}`);
      return { name, version: "", kind: "failed", text: `failed: ${message.split("\n", 1)[0] ?? ""}` };
    },
  );
  log(`${name}: ${row.text} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
  return row;
}

async function outcomeOf(component: Component, context: Context): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`took longer than ${COMPONENT_MS / 60_000} minutes`)), COMPONENT_MS);
  });
  try {
    return await Promise.race([component.run(context), tooLong]);
  } finally {
    clearTimeout(timer);
  }
}

function report(rows: readonly Row[]): string {
  const width = (cells: readonly string[]): number => Math.max(0, ...cells.map((cell) => cell.length));
  const nameWidth = width(rows.map((row) => row.name));
  const versionWidth = width(rows.map((row) => row.version));
  const lines = rows.map((row) => `${row.name.padEnd(nameWidth)} · ${row.version.padEnd(versionWidth)} · ${row.text}`);
  const count = (kind: Row["kind"]): number => rows.filter((row) => row.kind === kind).length;
  return `${[...lines, `${count("passed")} passed, ${count("failed")} failed, ${count("skipped")} skipped`].join("\n")}\n`;
}

function log(text: string): void {
  process.stderr.write(`${text}\n`);
}

// Something that a client leaves open must not keep a run that is over.
process.exit(await main());
