import { createRun, createVersion, ensureExperiment, ensureRegisteredModel, parseConfig, startServer } from "@gauntlet/server";
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const BIN = join(fileURLToPath(import.meta.url), "../../../bin/gauntlet.mjs");

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly json: any;
}

/** Runs the real program in a folder, and waits for its end. */
export async function runCli(cwd: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Ran> {
  const child = spawnCli(cwd, args, environment);
  let out = "";
  let err = "";
  child.stdout?.on("data", (chunk: Buffer) => (out += chunk.toString()));
  child.stderr?.on("data", (chunk: Buffer) => (err += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => {
    child.on("close", resolve);
  });
  return { code, out, err, json: args.includes("--json") && out !== "" ? JSON.parse(out) : null };
}

export function spawnCli(cwd: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}): ChildProcess {
  return spawn(process.execPath, [BIN, ...args], { cwd, env: { ...ownEnvironment(), ...environment }, stdio: ["ignore", "pipe", "pipe"] });
}

/** Without what would change where Gauntlet looks. */
export function ownEnvironment(): NodeJS.ProcessEnv {
  const { GAUNTLET_DATA: _data, GAUNTLET_TOKEN: _token, GAUNTLET_CONFIG: _config, ...env } = process.env;
  return env;
}

/** A folder of its own, removed when the test process ends. */
export function newFolder(): string {
  if (folders.length === 0) process.once("exit", () => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));
  const folder = mkdtempSync(join(tmpdir(), "gauntlet-cli-"));
  folders.push(folder);
  return folder;
}

const folders: string[] = [];

/** Data in `<folder>/.gauntlet` with one model of two versions, the first of them champion. */
export async function prepareModel(folder: string, model: string): Promise<void> {
  const config = { ...parseConfig("", "test", {}), dataDir: join(folder, ".gauntlet") };
  const server = await startServer(config, { listen: false, loop: false, log: () => undefined });
  const { mlflow, controller } = server.composition;
  await ensureRegisteredModel(mlflow, model, "");
  const experimentId = await ensureExperiment(mlflow, "test");
  for (const digit of ["1", "2"]) {
    const { runId } = await createRun(mlflow, { experimentId, name: digit, startTime: 1, tags: {} });
    await createVersion(mlflow, { model, source: `runs:/${runId}/model`, runId, tags: { "gauntlet.digest": `sha256:${digit.repeat(64)}` }, description: null });
  }
  await controller.registry.setAlias(model, "champion", "1");
  await server.close();
}

export const POLICY = `
kind: abtest
name: test policy
model: fraud
split: { champion: 80%, challenger: 20% }
window: { min: 14d, max: 28d }
labels: { maturity: 1d }
minSamples: 100
checks:
  - { check: superiority, metric: recall, improveBy: 5% }
`;
