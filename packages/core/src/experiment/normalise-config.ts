import { Failure } from "../failure/failure.ts";
import type { Problem } from "../failure/failure.ts";
import type { VariantConfig } from "./experiment.ts";
import { uuidOf } from "./uuid.ts";

/**
 * The unified form of a variant's config: one that has it, or the legacy `{ policy_version_id, params }`, which becomes
 * `mlflow_model`. UUIDs are lower case. What is in neither form is not a config.
 *
 * @throws Failure `invalid_input` naming every place that is wrong.
 */
export function normaliseConfig(value: unknown): VariantConfig {
  const problems: Problem[] = [];
  const config = isRecord(value) ? read(value, problems) : null;
  if (config !== null && problems.length === 0) return config;
  if (config === null) problems.push({ pointer: "", detail: "is in neither form: it has no execution_strategy and no policy_version_id" });
  throw new Failure("invalid_input", `the config of a variant is invalid: ${problems.map(({ pointer, detail }) => `${pointer} ${detail}`.trim()).join("; ")}`, {
    problems,
    fix: 'write {"execution_strategy": "mlflow_model", "mlflow_model": {"policy_version_id": "<uuid>"}, "params": {}}, or prompt_template with prompt_config',
  });
}

/** A config as it was stored, perhaps by somebody else: null with the reason when it is invalid. */
export function readConfig(stored: unknown): { readonly config: VariantConfig | null; readonly configError: string | null } {
  try {
    return { config: normaliseConfig(stored), configError: null };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { config: null, configError: error.message };
  }
}

type Fields = Readonly<Record<string, unknown>>;

const STRATEGIES = ["mlflow_model", "prompt_template", "hybrid"] as const;

function read(config: Fields, problems: Problem[]): VariantConfig | null {
  if (config["execution_strategy"] !== undefined) return unified(config, problems);
  if (config["policy_version_id"] === undefined) return null;
  refuseOthers(config, { known: ["policy_version_id", "params"], pointer: "" }, problems);
  return { execution_strategy: "mlflow_model", mlflow_model: { policy_version_id: uuid(config, "/policy_version_id", problems) }, params: params(config, problems) };
}

function unified(config: Fields, problems: Problem[]): VariantConfig {
  refuseOthers(config, { known: ["execution_strategy", "mlflow_model", "prompt_config", "flow_config", "params"], pointer: "" }, problems);
  const strategy = STRATEGIES.find((known) => known === config["execution_strategy"]);
  if (strategy === undefined) problems.push({ pointer: "/execution_strategy", detail: `is not one of ${STRATEGIES.join(", ")}` });
  const model = part(config, "mlflow_model", problems);
  const prompt = part(config, "prompt_config", problems);
  const flow = part(config, "flow_config", problems);
  if (model === null && (strategy === "mlflow_model" || strategy === "hybrid")) problems.push({ pointer: "/mlflow_model", detail: `is missing, and ${strategy} needs it` });
  if (prompt === null && (strategy === "prompt_template" || strategy === "hybrid")) problems.push({ pointer: "/prompt_config", detail: `is missing, and ${strategy} needs it` });
  return {
    execution_strategy: strategy ?? "mlflow_model",
    ...(model === null ? {} : { mlflow_model: modelPart(model, problems) }),
    ...(prompt === null ? {} : { prompt_config: promptPart(prompt, problems) }),
    ...(flow === null ? {} : { flow_config: flowPart(flow, problems) }),
    params: params(config, problems),
  };
}

function modelPart(model: Fields, problems: Problem[]): NonNullable<VariantConfig["mlflow_model"]> {
  refuseOthers(model, { known: ["policy_version_id", "model_name"], pointer: "/mlflow_model" }, problems);
  return {
    policy_version_id: uuid(model, "/mlflow_model/policy_version_id", problems),
    ...(model["model_name"] === undefined ? {} : { model_name: text(model, "/mlflow_model/model_name", problems) }),
  };
}

function promptPart(prompt: Fields, problems: Problem[]): NonNullable<VariantConfig["prompt_config"]> {
  refuseOthers(prompt, { known: ["prompt_version_id", "model_provider", "model_name"], pointer: "/prompt_config" }, problems);
  return {
    prompt_version_id: uuid(prompt, "/prompt_config/prompt_version_id", problems),
    model_provider: text(prompt, "/prompt_config/model_provider", problems),
    model_name: text(prompt, "/prompt_config/model_name", problems),
  };
}

function flowPart(flow: Fields, problems: Problem[]): NonNullable<VariantConfig["flow_config"]> {
  refuseOthers(flow, { known: ["flow_id", "initial_state"], pointer: "/flow_config" }, problems);
  return {
    ...(flow["flow_id"] === undefined ? {} : { flow_id: text(flow, "/flow_config/flow_id", problems) }),
    ...(flow["initial_state"] === undefined ? {} : { initial_state: text(flow, "/flow_config/initial_state", problems) }),
  };
}

function params(config: Fields, problems: Problem[]): VariantConfig["params"] {
  const value = config["params"];
  if (value === undefined) return {};
  if (isRecord(value)) return value;
  problems.push({ pointer: "/params", detail: "is not an object" });
  return {};
}

function part(config: Fields, name: string, problems: Problem[]): Fields | null {
  const value = config[name];
  if (value === undefined) return null;
  if (isRecord(value)) return value;
  problems.push({ pointer: `/${name}`, detail: "is not an object" });
  return null;
}

function uuid(fields: Fields, pointer: string, problems: Problem[]): string {
  const found = uuidOf(fields[lastOf(pointer)]);
  if (found === null) problems.push({ pointer, detail: "is not a UUID" });
  return found ?? "";
}

function text(fields: Fields, pointer: string, problems: Problem[]): string {
  const value = fields[lastOf(pointer)];
  if (typeof value === "string" && value !== "") return value;
  problems.push({ pointer, detail: "is not a text" });
  return "";
}

function refuseOthers(fields: Fields, { known, pointer }: { readonly known: readonly string[]; readonly pointer: string }, problems: Problem[]): void {
  for (const name of Object.keys(fields)) {
    if (!known.includes(name)) problems.push({ pointer: `${pointer}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`, detail: "is not known here" });
  }
}

function lastOf(pointer: string): string {
  return pointer.slice(pointer.lastIndexOf("/") + 1);
}

function isRecord(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
