import { Failure } from "@gauntlet/core";
import { join } from "node:path";

import { trustedProxies, type TrustedProxies } from "../limit/client-address.ts";
import { MODES, type Mode } from "../platform/cycles.ts";
import { readTrainingSettings, type TrainingSettings } from "../training/training-settings.ts";
import { parseInstant } from "../promotion/parse-instant.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** What app and trainer have in common. */
export interface SharedSettings {
  readonly gauntlet: { readonly url: string; readonly token: string };
  /** An MLflow server; Gauntlet's own where none is named. */
  readonly registry: { readonly url: string; readonly token: string };
  readonly database: { readonly kind: "sqlite"; readonly file: string } | { readonly kind: "postgres"; readonly url: string };
  readonly dataDir: string;
}

export interface ServeSettings extends SharedSettings {
  readonly listen: { readonly host: string; readonly port: number };
  /** Names that browsers call it by. */
  readonly allowedHosts: readonly string[];
  readonly apiToken: string;
  /** Of games that an address begins without the token; null: none. */
  readonly limit: { readonly gamesPerMinute: number; readonly proxies: TrustedProxies } | null;
  /** Milliseconds since the Unix epoch; null: statistics are of all games. */
  readonly statsSince: number | null;
}

export interface TrainSettings extends SharedSettings {
  /** Where finished trainings are reported; null: nowhere. */
  readonly app: { readonly url: string; readonly token: string } | null;
  readonly mode: Mode;
  /** Which rounds, how many must be new, and whether a promotion cycle follows. */
  readonly training: TrainingSettings;
  readonly threads: number | null;
}

/** @throws Failure `invalid_input` that names the variable. */
export function readServeSettings(env: Environment): ServeSettings {
  return {
    ...sharedSettings(env),
    listen: { host: env["RPS_HOST"] ?? "0.0.0.0", port: wholeNumber(env, "RPS_PORT", { fallback: 8080, max: 65_535 }) },
    allowedHosts: (env["RPS_ALLOWED_HOSTS"] ?? "").split(",").map((name) => name.trim()).filter((name) => name !== ""),
    apiToken: required(env, "RPS_API_TOKEN"),
    limit: limitOf(env),
    statsSince: instant(env, "METRICS_SINCE_DATE"),
  };
}

/** @throws Failure `invalid_input` that names the variable. */
export function readTrainSettings(env: Environment): TrainSettings {
  const threads = wholeNumber(env, "RPS_TRAINING_THREADS", { fallback: 0, max: 64 });
  return {
    ...sharedSettings(env),
    app: given(env, "RPS_APP_URL") === null ? null : { url: address(env, "RPS_APP_URL"), token: required(env, "RPS_API_TOKEN") },
    mode: modeOf(env),
    training: readTrainingSettings(env),
    threads: threads === 0 ? null : threads,
  };
}

function sharedSettings(env: Environment): SharedSettings {
  const gauntlet = { url: address(env, "GAUNTLET_URL"), token: required(env, "GAUNTLET_TOKEN") };
  const dataDir = given(env, "DATA_PATH") ?? "/data";
  const database = given(env, "DATABASE_URL");
  // A token of Gauntlet's is never sent to another server.
  const registry = given(env, "MLFLOW_TRACKING_URI") === null ? gauntlet : { url: address(env, "MLFLOW_TRACKING_URI"), token: required(env, "MLFLOW_TRACKING_TOKEN") };
  return { gauntlet, registry, dataDir, database: database === null ? { kind: "sqlite", file: given(env, "RPS_DB_PATH") ?? join(dataDir, "games.db") } : { kind: "postgres", url: database } };
}

function given(env: Environment, name: string): string | null {
  const text = (env[name] ?? "").trim();
  return text === "" ? null : text;
}

function required(env: Environment, name: string): string {
  const text = given(env, name);
  if (text === null) throw wrong(name, "is not set", "set it; there is no default");
  return text;
}

function address(env: Environment, name: string): string {
  const text = required(env, name);
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) throw wrong(name, "is no http or https URL", "write it as http://gauntlet:4400");
  return text.replace(/\/+$/, "");
}

function wholeNumber(env: Environment, name: string, { fallback, max }: { readonly fallback: number; readonly max: number }): number {
  const text = given(env, name);
  if (text === null) return fallback;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value <= max)) throw wrong(name, "is no whole number", `write one up to ${max}`);
  return value;
}

function instant(env: Environment, name: string): number | null {
  const text = given(env, name);
  if (text === null) return null;
  const at = parseInstant(text);
  if (at === null) throw wrong(name, "is no instant", "write it as 2025-10-10T08:00:00Z");
  return at;
}

/** Nobody plays five games a second; a school behind one address may. */
const GAMES_PER_MINUTE = 300;

function limitOf(env: Environment): ServeSettings["limit"] {
  const gamesPerMinute = wholeNumber(env, "RPS_GAMES_PER_MINUTE", { fallback: GAMES_PER_MINUTE, max: 1_000_000 });
  const text = env["RPS_TRUSTED_PROXIES"] ?? "";
  try {
    const proxies = trustedProxies(text);
    return gamesPerMinute === 0 ? null : { gamesPerMinute, proxies };
  } catch (error) {
    throw wrong("RPS_TRUSTED_PROXIES", "has a part that is no address and no network", error instanceof Failure ? (error.fix ?? "") : "");
  }
}

function modeOf(env: Environment): Mode {
  const text = given(env, "RPS_PROMOTION_MODE") ?? "strict";
  const mode = MODES.find((known) => known === text);
  if (mode === undefined) throw wrong("RPS_PROMOTION_MODE", `is neither ${MODES.join(" nor ")}`, `write ${MODES.join(" or ")}`);
  return mode;
}

/** The value is left out: it may be a secret in the wrong place. */
function wrong(name: string, what: string, fix: string): Failure {
  return new Failure("invalid_input", `the variable ${name} ${what}`, { fix });
}
