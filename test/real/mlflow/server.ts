import { mkdir, mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import type { Context } from "../component.ts";
import { freePort } from "../processes.ts";

/** Environment in which MLflow neither phones home nor runs what no test here needs. */
export const QUIET: Readonly<Record<string, string>> = {
  MLFLOW_DISABLE_TELEMETRY: "true",
  DO_NOT_TRACK: "true",
  MLFLOW_SERVER_ENABLE_JOB_EXECUTION: "false",
  GIT_PYTHON_REFRESH: "quiet",
  PYTHONWARNINGS: "ignore",
};

/** What a server has beside its defaults. */
export interface MlflowSetup {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Where its artifacts are kept; left out: in a folder of its own. */
  readonly artifacts?: string;
}

/** A real MLflow server with empty stores; returns its address. */
export async function startMlflow(context: Context, bin: string, { args = [], env = {}, artifacts }: MlflowSetup = {}): Promise<string> {
  await mkdir(context.workDir, { recursive: true });
  const dir = await mkdtemp(join(context.workDir, "mlflow-"));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const stores = ["--backend-store-uri", `sqlite:///${dir}/mlflow.db`, "--serve-artifacts", "--artifacts-destination", artifacts ?? `${dir}/artifacts`];
  context.log(`starting an MLflow server at ${url}`);
  await context.processes.start({
    command: join(bin, "mlflow"),
    args: ["server", "--host", "127.0.0.1", "--port", String(port), ...stores, "--workers", "1", ...args],
    cwd: dir,
    // The server starts its workers with what it finds on the path.
    env: { ...QUIET, PATH: `${bin}:${process.env["PATH"] ?? ""}`, ...env },
    isReady: async () => (await fetch(`${url}/health`)).ok,
    readyMs: 120_000,
  });
  return url;
}
