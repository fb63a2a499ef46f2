import { Failure } from "@gauntlet/core";
import { createMlflowClient } from "@gauntlet/server";
import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";

import { MODEL_TYPES } from "../artifact/model-types.ts";
import { MODEL_NAMES, SLOTS, type Slot } from "../serving/slots.ts";
import { openPool } from "../store/postgres/open-pool.ts";
import { openPostgresGames } from "../store/postgres/open-postgres-games.ts";
import { openSqliteGames } from "../store/sqlite/open-sqlite-games.ts";
import type { GameData } from "../store/game-data.ts";
import { DEFAULT_CONFIG_FILE, readTrainingConfig } from "./config/training-config.ts";
import { DIRECT_GATE, SCHEDULED_GATE } from "./data/gate.ts";
import { progressBars } from "./progress/progress-bars.ts";
import { modelTypeOf } from "./recipe/recipe.ts";
import { lastCycle } from "./registry/cycles.ts";
import { scheduleTraining } from "./schedule/schedule-training.ts";
import type { TrainingTask } from "./train-tasks.ts";
import { hasFailures, planCycle, runCycle, trainingCycle, type CycleOptions, type CycleResult, type PlannedCycle } from "./training-cycle.ts";
import { readTrainingSettings } from "./training-settings.ts";

const HELP = `node examples/rps/src/training/main.ts [options]

Trains models of rock, paper, scissors on the games of a database, and registers them.

  --config FILE         every entry of a configuration, instead of what the aliases point at
  --model-types A,B     of ${MODEL_TYPES.join(", ")} (or feedforward, mnlogit); all of them otherwise
  --aliases A,B         of ${SLOTS.join(", ")}; all of them otherwise; not with --config
  --games FILE|URL      SQLite file or postgres:// address of the games; RPS_DB_PATH otherwise
  --registry URL        of a server that speaks MLflow's REST API; MLFLOW_TRACKING_URI otherwise. The token is in MLFLOW_TRACKING_TOKEN
  --threads N           that train; as many as there are processors otherwise
  --seed N              1 otherwise
  --every PATTERN       goes on until it is ended, and trains by a pattern of cron such as "*/30 * * * *" (UTC); what is due follows from
                        the last cycle in the registry, so that a restart trains nothing twice
  --force               trains even where nothing is new; so does FORCE_TRAINING=1
  --compat              rows as the reference trains them, which are not those that serving asks by
  --dry-run             says what would be trained, and trains nothing
  --json                the result as JSON on standard output

Which rounds are learned from, and how many must be new, is said by TRAINING_DATA_SINCE_DATE, TRAINING_PLAYER_NAME_LIKE,
TRAINING_BOT_POLICY_IN, TRAINING_LEGACY_GAME_STRIDE, MAX_USABLE_ROWS, MIN_SUP_ROWS, MIN_TOTAL_ROWS, MIN_NEW_ROWS_FOR_TRAINING and
TRAINING_NEW_ROWS_LOOKBACK_MINUTES. The exit code is 1 when a model can't be trained, and 2 for a wrong option.
`;

const OPTIONS = {
  config: { type: "string" },
  "model-types": { type: "string" },
  aliases: { type: "string" },
  games: { type: "string" },
  registry: { type: "string" },
  threads: { type: "string" },
  seed: { type: "string" },
  every: { type: "string" },
  force: { type: "boolean", default: false },
  compat: { type: "boolean", default: false },
  "dry-run": { type: "boolean", default: false },
  json: { type: "boolean", default: false },
  help: { type: "boolean", default: false },
} as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>["values"];

/** Where a command reads from and writes to. */
export interface CommandWorld {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Ends what is under way. */
  readonly signal: AbortSignal;
}

interface Output {
  readonly isTTY?: boolean;
  readonly write: (text: string) => unknown;
}

/** The command of training. Gives the exit code. */
export async function trainCommand({ args, env, stdout, stderr, signal }: CommandWorld): Promise<number> {
  let data: GameData | null = null;
  try {
    const values = parse(args);
    if (values.help) {
      stderr.write(HELP);
      return 0;
    }
    // As JSON, or as a sentence: bars and problems have said the rest.
    const print = (result: Readonly<Record<string, unknown>>): void => void stdout.write(`${values.json ? JSON.stringify(result) : sentenceOf(result as unknown as Printed)}\n`);
    const settings = { ...(await cycleOf(values, env)), signal };
    data = await openGames(required(values.games ?? env["RPS_DB_PATH"], "--games", "RPS_DB_PATH"));
    const options = { ...settings, store: data.store };
    if (values.every !== undefined) return await trainBySchedule(values.every, { options, stderr, signal, print });
    const plan = await planCycle(options);
    if (values["dry-run"]) {
      const { gate, tasks, problems } = plan;
      print({ kind: "dry-run", gate, tasks: tasks.map(({ recipe, name, alias, stage }) => ({ ...recipe, name, alias, stage })), problems });
      return problems.length === 0 ? 0 : 1;
    }
    const bars = progressBars(plan.tasks, stderr);
    const result = await runCycle(plan, { ...options, onProgress: bars.progress, onResult: bars.result });
    for (const { type, alias, message } of plan.problems) stderr.write(`${MODEL_NAMES[type]} ${alias} can't be trained: ${message}\n`);
    print(asJson(result));
    return hasFailures(result) || result.kind === "busy" ? 1 : 0;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    stderr.write(`${error.message}${error.fix === null ? "" : `\n${error.fix}`}\n`);
    return error.code === "invalid_input" || error.code === "not_found" ? 2 : 1;
  } finally {
    await data?.close();
  }
}

async function trainBySchedule(pattern: string, { options, stderr, signal, print }: Pick<CommandWorld, "stderr" | "signal"> & { readonly options: CycleOptions; readonly print: (result: Readonly<Record<string, unknown>>) => void }): Promise<number> {
  const { mlflow, now } = options;
  const ended = Promise.withResolvers<void>();
  const end = (): void => ended.resolve();
  signal.addEventListener("abort", end);
  const scheduler = scheduleTraining({
    pattern,
    lastAt: async () => (await lastCycle(mlflow))?.startedAt ?? null,
    now,
    cycle: () => trainingCycle(options),
    promote: null,
    onCycle: (result) => print(asJson(result)),
    onError: (error) => {
      if (!signal.aborted) stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    },
  });
  if (!signal.aborted) await ended.promise;
  await scheduler.close();
  return 0;
}

function parse(args: readonly string[]): Values {
  try {
    return parseArgs({ args: [...args], options: OPTIONS }).values;
  } catch (cause) {
    throw new Failure("invalid_input", cause instanceof Error ? cause.message : String(cause), { fix: "--help lists the options", cause });
  }
}

async function cycleOf(values: Values, env: CommandWorld["env"]): Promise<Omit<CycleOptions, "store">> {
  if (values.every !== undefined && (values.config !== undefined || values["dry-run"])) throw new Failure("invalid_input", "--every continues what the aliases point at, so that neither --config nor --dry-run goes with it", { fix: "leave one of them out" });
  const { selection, gate } = readTrainingSettings(env, values.every === undefined ? DIRECT_GATE : SCHEDULED_GATE);
  if (values.config !== undefined && values.aliases !== undefined) throw new Failure("invalid_input", "--aliases is of no use with --config, whose entries name their own", { fix: "leave one of them out" });
  const token = env["MLFLOW_TRACKING_TOKEN"] ?? "";
  const url = required(values.registry ?? env["MLFLOW_TRACKING_URI"], "--registry", "MLFLOW_TRACKING_URI");
  return {
    mlflow: createMlflowClient({ url, timeoutMs: 30_000, retries: 3, ...(token === "" ? {} : { token }) }),
    selection,
    gate: values.force ? null : gate,
    history: values.compat ? "without_opening" : "whole",
    types: values["model-types"] === undefined ? MODEL_TYPES : [...new Set(values["model-types"].split(",").map(modelTypeOf))],
    aliases: values.config === undefined ? aliasesOf(values.aliases) : "sweep",
    config: await readTrainingConfig(values.config ?? DEFAULT_CONFIG_FILE),
    threads: wholeOf("--threads", values.threads ?? String(availableParallelism()), 64),
    seed: wholeOf("--seed", values.seed ?? "1", Number.MAX_SAFE_INTEGER - 1000),
    now: Date.now,
  };
}

function aliasesOf(text: string | undefined): readonly Slot[] {
  if (text === undefined) return SLOTS;
  return text.split(",").map((name) => {
    const found = SLOTS.find((slot) => slot === name);
    if (found === undefined) throw new Failure("invalid_input", `there is no alias "${name.slice(0, 64)}"`, { fix: `there is ${SLOTS.join(", ")}` });
    return found;
  });
}

function wholeOf(option: string, text: string, max: number): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1 || number > max) throw new Failure("invalid_input", `${option} ${text.slice(0, 64)} is not a whole number from 1 to ${max}`, { fix: "give one" });
  return number;
}

function required(value: string | undefined, option: string, variable: string): string {
  if (value === undefined || value === "") throw new Failure("invalid_input", `${option} is missing`, { fix: `give it, or set ${variable}` });
  return value;
}

async function openGames(place: string): Promise<GameData> {
  if (!/^postgres(ql)?:\/\//.test(place)) {
    if (!existsSync(place)) throw new Failure("not_found", `there is no file ${place}`, { fix: "give the file of games that the app writes" });
    return openSqliteGames(place);
  }
  const pool = openPool(place);
  const data = await openPostgresGames(pool);
  return { ...data, close: async () => void (await pool.end()) };
}

function asJson(result: CycleResult): Readonly<Record<string, unknown>> {
  if (result.kind !== "trained") return { ...result };
  return { ...result, results: result.results.map(({ task, ...rest }) => ({ ...rest, model_type: task.recipe.type, name: task.name, wanted: task.alias })) };
}

type Printed = CycleResult | (Pick<PlannedCycle, "gate" | "problems"> & { readonly kind: "dry-run"; readonly tasks: readonly Pick<TrainingTask, "name" | "alias">[] });

function sentenceOf(result: Printed): string {
  switch (result.kind) {
    case "skipped":
      return `nothing is trained: ${result.gate.why ?? ""}`;
    case "busy":
      return `another process has been training since ${new Date(result.since).toISOString()}`;
    case "trained":
      return `${result.results.filter(({ kind }) => kind === "trained").length} of ${result.results.length + result.problems.length} models trained on ${result.rows} rounds in ${result.seconds.toFixed(1)} s`;
    case "dry-run":
      return `${result.gate.why ?? "the gate is open"}; ${result.tasks.length} models would be trained: ${result.tasks.map(({ name, alias }) => (alias === null || alias === name ? name : `${name} for ${alias}`)).join(", ")}`;
  }
}
