import { mlflowArtifacts } from "@gauntlet/adapters";
import { createMlflowClient, createRun, ensureExperiment } from "@gauntlet/server";
import { join } from "node:path";
import type { Component, Context } from "../component.ts";
import { installMinio, startMinio } from "../minio/install.ts";
import { runConformance } from "../mlflow/conformance.ts";
import { installMlflow, MLFLOW_VERSION } from "../mlflow/install.ts";
import { startMlflow } from "../mlflow/server.ts";
import { lastLines } from "../processes.ts";

/** MLflow whose artifact proxy keeps its files in a bucket: the conformance suite, and what happens when the bucket is gone. */
export const component: Component = {
  name: "MLflow on MinIO",
  required: true,
  async run(context) {
    const installed = await installMlflow(context);
    if (installed.kind === "missing") return { kind: "skipped", version: MLFLOW_VERSION, why: installed.why };
    const built = await installMinio(context);
    if (built.kind === "missing") return { kind: "skipped", version: MLFLOW_VERSION, why: built.why };
    const minio = await startMinio(context, built.command);
    const env = { MLFLOW_S3_ENDPOINT_URL: minio.endpoint, AWS_ACCESS_KEY_ID: minio.accessKey, AWS_SECRET_ACCESS_KEY: minio.secretKey, AWS_DEFAULT_REGION: "us-east-1", AWS_MAX_ATTEMPTS: "1" };
    const bucket = (script: string): Promise<string> => python(context, join(installed.bin, "python"), { script, env });
    await bucket("bucket.create()");
    const url = await startMlflow(context, installed.bin, { artifacts: "s3://mlflow/files", env });
    const count = await runConformance(context, { url });
    const keys = (await bucket("print(*[one.key for one in bucket.objects.all()], sep='\\n')")).split("\n");
    if (!keys.some((key) => /^files\/\d+\/[0-9a-f]{32}\/artifacts\/deep\/er\/file\.yaml$/.test(key))) throw new Error(`the bucket has not what was written: ${keys.slice(0, 5).join(", ")}`);
    await bucket("bucket.objects.all().delete(); bucket.delete()");
    await requireToldOf(url);
    return { kind: "passed", version: `${MLFLOW_VERSION}, MinIO ${built.version}`, note: `${count} conformance tests, ${keys.length} objects; a bucket that is gone is no document that was written` };
  },
};

/** What can't be kept is a failure that is tried again; it is neither taken nor blamed on the run. */
async function requireToldOf(url: string): Promise<void> {
  const client = createMlflowClient({ url, timeoutMs: 20_000, retries: 0 });
  const { runId } = await createRun(client, { experimentId: await ensureExperiment(client, "without a bucket"), name: "homeless", startTime: Date.now(), tags: {} });
  const artifacts = mlflowArtifacts(client);
  if ((await artifacts.read(runId, "decision.md")) !== null) throw new Error("a file was read of a bucket that is gone");
  const failure: unknown = await artifacts.write(runId, "decision.md", "x").then(() => null, (error: unknown) => error);
  if ((failure as { readonly code?: string } | null)?.code !== "registry_unavailable") throw new Error(`writing to a bucket that is gone came to ${String(failure)}`);
}

interface Script {
  readonly script: string;
  readonly env: Readonly<Record<string, string>>;
}

async function python({ processes }: Context, command: string, { script, env }: Script): Promise<string> {
  const { code, stdout, stderr } = await processes.run({ command, args: ["-c", `import boto3, os\nbucket = boto3.resource("s3", endpoint_url=os.environ["MLFLOW_S3_ENDPOINT_URL"]).Bucket("mlflow")\n${script}`], env, timeoutMs: 60_000 });
  if (code !== 0) throw new Error(`${script} ended with ${code}:\n${lastLines(stderr)}`);
  return stdout.trim();
}
