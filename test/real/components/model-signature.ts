import { parsePolicy } from "@gauntlet/contract";
import { readArtifact, request, startRollout, tick, type Controller } from "@gauntlet/controller";
import { Failure, type ArtifactView, type Decision } from "@gauntlet/core";
import { createToken, parseConfig, startServer, type RunningServer } from "@gauntlet/server";
import { generateKeyPairSync } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Component, Context } from "../component.ts";
import { installMlflow, MLFLOW_VERSION } from "../mlflow/install.ts";
import { QUIET, startMlflow } from "../mlflow/server.ts";
import { installModelSigning } from "../model-signing/install.ts";
import { lastLines } from "../processes.ts";

const MODEL = "fraud";
const KEYS = ["release", "archive", "stranger"] as const;

/**
 * Models of MLflow's own Python client, signed by the OpenSSF's model_signing, in a real MLflow server and in the embedded registry:
 * what is signed is promoted, and whatever was changed since is refused and named.
 */
export const component: Component = {
  name: "Model signatures",
  required: true,
  async run(context) {
    const mlflow = await installMlflow(context);
    if (mlflow.kind === "missing") return { kind: "skipped", version: MLFLOW_VERSION, why: mlflow.why };
    const signing = await installModelSigning(context);
    if (signing.kind === "missing") return { kind: "skipped", version: "", why: signing.why };
    const tools = { context, python: join(mlflow.bin, "python"), sign: join(dirname(signing.command), "model_signing"), folder: join(context.workDir, "signed model") };
    await writeKeys(context);
    const real = await startMlflow(context, mlflow.bin);
    let promoted = 0;
    for (const registry of [{ kind: "mlflow", url: real }, { kind: "embedded" }]) promoted += await inRegistry(tools, registry);
    return { kind: "passed", version: `${signing.version.split(" ")[0] ?? ""}, MLflow ${MLFLOW_VERSION}`, note: `${promoted} signed versions promoted; a changed file, one more, one less and another's key refused, each named` };
  },
};

interface Tools {
  readonly context: Context;
  readonly python: string;
  readonly sign: string;
  /** What save_model wrote. */
  readonly folder: string;
}

const keyFile = ({ workDir }: Context, name: string): string => join(workDir, `${name}.pem`);

async function writeKeys(context: Context): Promise<void> {
  for (const name of KEYS) {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: name === "archive" ? "P-384" : "P-256" });
    await writeFile(keyFile(context, name), privateKey.export({ type: "sec1", format: "pem" }));
    await writeFile(`${keyFile(context, name)}.pub`, publicKey.export({ type: "spki", format: "pem" }));
  }
}

/** Both ways that a model comes to be signed, and what must be refused. Returns how many versions were promoted. */
async function inRegistry(tools: Tools, registry: { readonly kind: string; readonly url?: string }): Promise<number> {
  const { context } = tools;
  const keys = Object.fromEntries(["release", "archive"].map((name) => [name, `${keyFile(context, name)}.pub`]));
  const config = { ...parseConfig(JSON.stringify({ listen: { port: 0 }, registry, modelKeys: keys }), "test:real", {}), dataDir: join(context.workDir, `signatures ${registry.kind}`) };
  const server = await startServer(config, { loop: false, log: (line) => context.log(line.message) });
  try {
    const python = await pythonOf(tools, server, registry.url);
    await python(join(import.meta.dirname, "../model-signing/log_model.py"), [MODEL, tools.folder, tools.sign, keyFile(context, "release")]);
    await requireView(server, "1", "release");
    await signFolder(tools, "archive");
    await python(join(import.meta.dirname, "../../../docs/examples/register-signed.py"), [MODEL, tools.folder]);
    await requireView(server, "2", "archive");
    const stored = await storedOf(tools, server);
    await refusals(tools, server, stored);
    await promote(server.composition.controller, stored);
    return 1;
  } finally {
    await server.close();
  }
}

async function pythonOf({ context, python }: Tools, server: RunningServer, url: string | undefined): Promise<(script: string, args: readonly string[]) => Promise<void>> {
  const { secret } = await createToken(server.composition.store.tokens, { name: "trainer", role: "operator", now: Date.now() });
  const env = { ...QUIET, MLFLOW_TRACKING_URI: url ?? server.url ?? "", ...(url === undefined ? { MLFLOW_TRACKING_TOKEN: secret } : {}) };
  return async (script, args) => {
    const { code, stdout, stderr } = await context.processes.run({ command: python, args: [script, ...args], cwd: context.workDir, env, timeoutMs: 3 * 60_000 });
    if (code !== 0) throw new Error(`${script} ended with ${code}: ${stdout}\n${lastLines(stderr, 30)}`);
  };
}

/** As docs/guides/sign-models.md shows it. */
async function signFolder({ context, sign, folder }: Tools, key: string): Promise<void> {
  const { code, stderr, stdout } = await context.processes.run({ command: sign, args: ["sign", "key", folder, "--private_key", keyFile(context, key), "--signature", join(folder, "model.sig")], timeoutMs: 60_000 });
  if (code !== 0) throw new Error(`model_signing ended with ${code}: ${lastLines(stderr || stdout, 10)}`);
}

const RULES = { signature: { file: "model.sig", keys: ["release", "archive"] } } as const;

function viewOf({ composition: { controller } }: RunningServer, version: string): Promise<ArtifactView> {
  return readArtifact(controller, { model: MODEL, version, rules: RULES });
}

async function requireView(server: RunningServer, version: string, key: string): Promise<void> {
  const { signature, files } = await viewOf(server, version);
  if (signature?.kind !== "valid" || signature.key !== key || files < 4) throw new Error(`version ${version} of ${files} files was found to be ${JSON.stringify(signature)}, not signed by ${key}`);
}

/** The files of version 2 in the registry, past everybody. */
interface Stored {
  put(path: string, text: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** As it is in the folder that was registered. */
  restore(path: string): Promise<void>;
}

async function storedOf({ folder }: Tools, { composition: { mlflow } }: RunningServer): Promise<Stored> {
  const answer = (await mlflow.json({ method: "GET", path: "/api/2.0/mlflow/model-versions/get-download-uri", query: { name: MODEL, version: "2" }, idempotent: true })) as { readonly artifact_uri: string };
  const root = `/api/2.0/mlflow-artifacts/artifacts/${answer.artifact_uri.replace(/^mlflow-artifacts:\/+/, "")}`;
  const put = async (path: string, bytes: Uint8Array): Promise<void> => {
    await mlflow.bytes({ method: "PUT", path: `${root}/${path}`, bytes, idempotent: true });
  };
  return {
    put: (path, text) => put(path, new TextEncoder().encode(text)),
    restore: async (path) => put(path, await readFile(join(folder, path))),
    remove: async (path) => {
      await mlflow.bytes({ method: "DELETE", path: `${root}/${path}`, idempotent: true });
    },
  };
}

/** Each change of what lies in the registry, what is said of it, and everything as it was before. */
async function refusals(tools: Tools, server: RunningServer, stored: Stored): Promise<void> {
  const requireSaid = async (said: string): Promise<void> => {
    const failure: unknown = await startRollout(server.composition.controller, { policy: POLICY, challenger: "2", by: "ada" }).then(() => null, (error: unknown) => error);
    if (!(failure instanceof Failure) || !failure.message.includes(said)) throw new Error(`"${said}" was expected, and came ${String(failure)}`);
  };
  await stored.put("python_env.yaml", "python: 2.7");
  await requireSaid('"python_env.yaml" is not what was signed');
  await stored.restore("python_env.yaml");
  await stored.put("code/evil.py", "import os");
  await requireSaid('"code/evil.py" is there and was not signed');
  await stored.remove("code/evil.py");
  await stored.remove("MLmodel");
  await requireSaid('"MLmodel" was signed and is not there');
  await stored.restore("MLmodel");
  await stored.remove("model.sig");
  await requireSaid('there is no file "model.sig"');
  await signFolder(tools, "stranger");
  await stored.restore("model.sig");
  await requireSaid('it is not by "release" or "archive"');
  await signFolder(tools, "archive");
  await stored.restore("model.sig");
}

const POLICY = parsePolicy(
  `kind: abtest
name: signed
model: ${MODEL}
split: { champion: 90%, challenger: 10% }
window: { min: 1h, max: 1h }
labels: { maturity: 0s }
minSamples: 100
checks: [{ check: rate, metric: error, increaseMax: 1pp }]
artifact: { signature: { keys: [release, archive] } }
`,
  "test:real",
);

/** What a person asks for: held while a file is another than when the rollout began, done when it is back. */
async function promote(controller: Controller, stored: Stored): Promise<void> {
  const asked = async (): Promise<Decision | undefined> => {
    await request(controller, MODEL, { kind: "promote", by: "ada", reason: "seen by hand" });
    const result = await tick(controller, MODEL);
    return result.kind === "led_elsewhere" ? undefined : result.judged?.decision;
  };
  await startRollout(controller, { policy: POLICY, challenger: "2", by: "ada" });
  await tick(controller, MODEL);
  await stored.put("python_env.yaml", "python: 2.7");
  const held = await asked();
  if (held?.reason !== "version_mismatch" || !/are sha256:[0-9a-f]{64}, and were sha256:/.test(held.sentence)) throw new Error(`files that changed in mid-rollout came to ${held?.sentence ?? "nothing"}`);
  await stored.restore("python_env.yaml");
  const done = await asked();
  const { aliases } = await controller.registry.read(MODEL, []);
  if (done?.verdict !== "promote" || aliases["champion"] !== "2") throw new Error(`the promotion came to ${done?.sentence ?? "nothing"}, and the champion is ${aliases["champion"]}`);
}
