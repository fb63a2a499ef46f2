import { Failure } from "@gauntlet/core";

import { MODEL_TYPES } from "../artifact/model-types.ts";
import type { ModelType } from "../policies/bot-policy.ts";
import type { S3Settings } from "./cache/s3-cache.ts";
import type { AbTesting } from "./slot-assignment.ts";

export interface ServingSettings {
  readonly abTesting: AbTesting;
  /** How long a version that could not be loaded is not tried again. */
  readonly backoffMs: number;
  readonly forceFallbacks: boolean;
  /** directory: null stands for the usual one, in the data directory. */
  readonly cache: { readonly kind: "directory"; readonly root: string | null } | { readonly kind: "bucket"; readonly bucket: S3Settings };
  /** Null: predictions are not written down. */
  readonly capture: { readonly dir: string; readonly rate: number } | null;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** From the variables that the reference has. @throws Failure `invalid_input` for a value that is none. */
export function readServingSettings(env: Environment): ServingSettings {
  const share = numberOf(env, "AB_SPLIT_RATIO", 0.5);
  const shareOf = (type: ModelType): number => Math.min(1, Math.max(0, numberOf(env, `AB_SPLIT_RATIO_${type.toUpperCase()}`, share)));
  const captureDir = env["RPS_CAPTURE_INFERENCE_DIR"] ?? "";
  const rate = numberOf(env, "RPS_CAPTURE_INFERENCE_SAMPLE_RATE", 1);
  return {
    abTesting: { isOn: switchOf(env, "ENABLE_AB_TESTING", true), productionShare: Object.fromEntries(MODEL_TYPES.map((type) => [type, shareOf(type)])) as Record<ModelType, number> },
    backoffMs: Math.max(0, numberOf(env, "MODEL_RELOAD_BACKOFF_SECONDS", 30)) * 1000,
    forceFallbacks: switchOf(env, "RPS_FORCE_MODEL_FALLBACKS", false),
    cache: switchOf(env, "USE_MINIO", false) ? { kind: "bucket", bucket: bucketOfEnvironment(env) } : { kind: "directory", root: env["MODEL_CACHE_DIR"] ?? null },
    capture: captureDir === "" || rate <= 0 ? null : { dir: captureDir, rate: Math.min(1, rate) },
  };
}

function bucketOfEnvironment(env: Environment): S3Settings {
  const required = (name: string): string => {
    const value = env[name] ?? "";
    if (value === "") throw new Failure("invalid_input", `USE_MINIO is on, but ${name} is not set`, { fix: `set ${name}, or leave USE_MINIO out to keep models in a directory` });
    return value;
  };
  const endpoint = required("MINIO_ENDPOINT");
  return {
    // The reference's client wants a host and a port, S3's an address.
    endpoint: /^https?:\/\//.test(endpoint) ? endpoint : `${switchOf(env, "MINIO_SECURE", false) ? "https" : "http"}://${endpoint}`,
    bucket: env["MINIO_BUCKET"] ?? "mlflow-artifacts",
    region: env["MINIO_REGION"] ?? "us-east-1",
    accessKey: required("MINIO_ACCESS_KEY"),
    secretKey: required("MINIO_SECRET_KEY"),
  };
}

function switchOf(env: Environment, name: string, otherwise: boolean): boolean {
  const text = (env[name] ?? "").trim().toLowerCase();
  if (text === "") return otherwise;
  if (["1", "true", "yes", "on"].includes(text)) return true;
  if (["0", "false", "no", "off"].includes(text)) return false;
  throw new Failure("invalid_input", `${name} is "${text.slice(0, 64)}"`, { fix: "write true or false" });
}

function numberOf(env: Environment, name: string, otherwise: number): number {
  const text = (env[name] ?? "").trim();
  if (text === "") return otherwise;
  const number = Number(text);
  if (!Number.isFinite(number)) throw new Failure("invalid_input", `${name} is "${text.slice(0, 64)}", which is no number`, { fix: "write a number such as 0.5" });
  return number;
}
