import { Failure } from "@gauntlet/core";
import { createHash } from "node:crypto";

import type { FraudModel } from "./fraud-model.ts";

/** A version without its scaler, which the feature service keeps. */
export type Artifact = Omit<FraudModel, "scaler">;

/** The file that the registry keeps, and its `sha256:<hex>`. */
export function saveModel({ name, reading, network, threshold }: FraudModel): { readonly bytes: Uint8Array; readonly digest: string } {
  const artifact: Artifact = { name, reading, network, threshold };
  const bytes = new TextEncoder().encode(`${JSON.stringify(artifact)}\n`);
  return { bytes, digest: digestOf(bytes) };
}

/** @throws Failure `invalid_input` when the bytes are not those of the digest. */
export function loadModel(bytes: Uint8Array, digest: string): Artifact {
  const actual = digestOf(bytes);
  if (actual !== digest) throw new Failure("invalid_input", `the model's digest is ${actual}, not ${digest}`, { fix: "load the bytes that were registered" });
  return JSON.parse(new TextDecoder().decode(bytes)) as Artifact;
}

export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

/** The descriptor that MLflow expects beside a model. */
export function describeModel({ name, reading, threshold }: FraudModel, digest: string): string {
  return ["artifact_path: model", "flavors:", "  fraud_network:", "    data: model.json", `    data_sha256: ${digest.slice("sha256:".length)}`, `    reading: ${reading}`, `    threshold: ${threshold}`, "metadata:", `  version_name: ${name}`, ""].join("\n");
}
