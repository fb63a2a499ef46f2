import { Failure } from "@gauntlet/core";
import type { Config } from "@gauntlet/server";

import { finding, type Finding } from "./finding.ts";

/** Whether the registry answers, and whether the login may read its models; what it may write only a write would tell. */
export async function registryFindings({ registry }: Config): Promise<readonly Finding[]> {
  if (registry.kind === "embedded") return [await finding("registry", async () => "embedded, answers where the server listens")];
  const { createMlflowClient, mlflowLogin } = await import("@gauntlet/server");
  const answers = await finding("registry", async () => {
    const response = await fetch(`${registry.url.replace(/\/+$/, "")}/health`, { signal: AbortSignal.timeout(registry.timeoutMs) }).catch((cause: unknown) => {
      throw new Failure("registry_unavailable", `${registry.url} does not answer`, { fix: "check that the MLflow server runs and can be reached from here", cause });
    });
    if (!response.ok) throw new Failure("registry_unavailable", `${registry.url}/health answered ${response.status}`, { fix: "check that this is the address of an MLflow server" });
    return `${registry.url} answers`;
  });
  if (answers.status !== "ok") return [answers];
  const reads = await finding("registry login", async () => {
    await createMlflowClient({ url: registry.url, timeoutMs: registry.timeoutMs, retries: 0, ...mlflowLogin(registry) }).json({ method: "GET", path: "/api/2.0/mlflow/registered-models/search", query: { max_results: "1" }, idempotent: true });
    const who = registry.token === undefined ? (registry.user === undefined ? "anybody" : `the user ${registry.user}`) : "the token";
    return `${who} may read registered models`;
  });
  return [answers, reads];
}
