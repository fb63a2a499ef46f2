import type { Model } from "../learners/model.ts";
import type { ModelMetadata } from "./model-folder.ts";

/** The flavor of each kind of file, in MLflow's names. */
const FLAVORS: Readonly<Record<Model["kind"], { readonly name: string; readonly lines: readonly string[]; readonly loader: string; readonly packages: readonly string[] }>> = {
  trees: { name: "xgboost", lines: ["model_class: xgboost.core.Booster", "data: model.json", "model_format: json"], loader: "mlflow.xgboost", packages: ["mlflow", "xgboost"] },
  network: { name: "onnx", lines: ["data: model.onnx", "providers:", "- CPUExecutionProvider"], loader: "mlflow.onnx", packages: ["mlflow", "onnx", "onnxruntime"] },
};

/** The file `MLmodel`, by which `mlflow.pyfunc.load_model` finds the rest. */
export function mlmodelText(kind: Model["kind"], { run_id, timestamp, model_type, feature_names }: ModelMetadata): string {
  const { name, lines, loader } = FLAVORS[kind];
  const inputs = feature_names.map((column) => ({ type: "double", name: column, required: true }));
  return [
    "artifact_path: model",
    "flavors:",
    "  python_function:",
    `    loader_module: ${loader}`,
    `    data: ${kind === "trees" ? "model.json" : "model.onnx"}`,
    "    env:",
    "      virtualenv: python_env.yaml",
    `  ${name}:`,
    ...lines.map((line) => `    ${line}`),
    "metadata:",
    `  model_type: ${model_type}`,
    `run_id: ${JSON.stringify(run_id)}`,
    "signature:",
    `  inputs: '${JSON.stringify(inputs)}'`,
    `utc_time_created: '${timestamp.replace("T", " ").replace("Z", "")}'`,
    "",
  ].join("\n");
}

/** Files that say what Python must have installed. */
export function pythonEnvironment(kind: Model["kind"]): Readonly<Record<string, string>> {
  return { "python_env.yaml": "dependencies:\n- -r requirements.txt\n", "requirements.txt": `${FLAVORS[kind].packages.join("\n")}\n` };
}
