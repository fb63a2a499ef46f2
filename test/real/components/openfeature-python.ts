import { allocate, withShares } from "@gauntlet/core";
import { createToken, parseConfig, startServer, type RunningServer } from "@gauntlet/server";
import { join } from "node:path";

import { addExperiment, changeExperiment } from "../../../apps/server/src/testing/experiments.ts";
import type { Component, Context } from "../component.ts";
import { installOpenFeature } from "../openfeature/install.ts";
import { lastLines } from "../processes.ts";

interface Line {
  readonly step: string;
  readonly value?: unknown;
  readonly variant?: string | null;
  readonly reason?: string;
  readonly error?: string | null;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly seconds?: number;
}

/** OpenFeature's Python SDK with its own OFREP provider, against our server: every kind of answer, and a rollback as it sees it. */
export const component: Component = {
  name: "OpenFeature Python SDK",
  required: true,
  async run(context) {
    const python = await installOpenFeature(context);
    if (python.kind === "missing") return { kind: "skipped", version: "", why: python.why };
    const config = { ...parseConfig("listen: { port: 0 }", "test:real", {}), dataDir: join(context.workDir, "openfeature") };
    const server = await startServer(config, { loop: false, log: (line) => context.log(line.message) });
    try {
      const lines = await converse(context, python.command, server);
      check(lines);
      const waited = lines.find(({ step }) => step === "waited")?.seconds;
      return { kind: "passed", version: python.version, note: `${lines.length - 1} answers as they should be; a rollback was seen ${waited} s after the unit came` };
    } finally {
      await server.close();
    }
  },
};

async function converse(context: Context, command: string, server: RunningServer): Promise<readonly Line[]> {
  const { store } = server.composition;
  const now = Date.now();
  await addExperiment(store, { name: "plan_exp" });
  await addExperiment(store, { name: "draft_exp", status: "draft" });
  const { experiment } = await addExperiment(store, { name: "ramp_exp" }, { control: 0, candidate_v7: 10_000 });
  await store.allocations.put(allocate({ model: "mail", epoch: 1, seed: "mail-1", shares: [{ slot: "champion", version: "4", basisPoints: 10_000 }], shadow: false }));
  const { secret } = await createToken(store.tokens, { name: "python", role: "ingest", now });
  const ran = context.processes.run({ command, args: [join(import.meta.dirname, "../openfeature/client.py"), server.url ?? "", secret], cwd: context.workDir, timeoutMs: 2 * 60_000 });
  const assigned = async (): Promise<boolean> => (await store.experiments.assignments(experiment.id, [{ unitType: "user", unitId: "python-unit" }])).length > 0;
  for (const until = Date.now() + WAIT_MS; Date.now() < until && !(await assigned()); ) await new Promise((resolve) => setTimeout(resolve, 50));
  await changeExperiment(store, "ramp_exp", (view) => withShares(view, { control: 10_000, candidate_v7: 0 }));
  const { code, stdout, stderr } = await ran;
  if (code !== 0) throw new Error(`the Python client ended with ${code}\n${lastLines(stderr, 20)}`);
  return stdout.split("\n").filter((line) => line.startsWith("{")).map((line) => JSON.parse(line) as Line);
}

/** Python takes a moment to start. */
const WAIT_MS = 60_000;

const EXPECTED: Readonly<Record<string, Omit<Line, "step">>> = {
  object: { reason: "SPLIT", error: null },
  string: { value: "4", variant: "champion", reason: "STATIC", error: null },
  disabled: { value: { mine: true }, reason: "DISABLED", error: null },
  unknown: { value: { mine: true }, error: "FLAG_NOT_FOUND" },
  "no unit": { value: { mine: true }, error: "TARGETING_KEY_MISSING" },
  "bad unit": { value: { mine: true }, error: "INVALID_CONTEXT" },
  "wrong type": { value: true, error: "TYPE_MISMATCH" },
  before: { variant: "candidate_v7", reason: "STATIC", error: null },
  after: { variant: "control", reason: "STATIC", error: null },
};

function check(lines: readonly Line[]): void {
  for (const [step, expected] of Object.entries(EXPECTED)) {
    const line = lines.find((one) => one.step === step);
    if (line === undefined) throw new Error(`the client said nothing of "${step}"`);
    for (const [name, value] of Object.entries(expected)) {
      const said = JSON.stringify(line[name as keyof Line]);
      if (said !== JSON.stringify(value)) throw new Error(`"${step}": ${name} is ${said}, not ${JSON.stringify(value)}`);
    }
  }
  const { metadata, value } = lines.find(({ step }) => step === "object") ?? {};
  if (typeof metadata?.["experimentId"] !== "string" || metadata["epoch"] !== 1 || (value as { execution_strategy?: string }).execution_strategy !== "mlflow_model") throw new Error(`the value or its metadata is ${JSON.stringify({ value, metadata })}`);
  const seconds = lines.find(({ step }) => step === "waited")?.seconds;
  if (seconds === undefined || seconds > 60) throw new Error(`the rollback was seen after ${seconds} s`);
}
