import type { Component } from "../component.ts";
import { runConformance } from "../mlflow/conformance.ts";
import { installMlflow, MLFLOW_VERSION } from "../mlflow/install.ts";
import { startMlflow } from "../mlflow/server.ts";

/** The conformance suite of the Registry and Artifacts ports, through our client, against a real server. */
export const component: Component = {
  name: "MLflow server",
  required: true,
  async run(context) {
    const installed = await installMlflow(context);
    if (installed.kind === "missing") return { kind: "skipped", version: MLFLOW_VERSION, why: installed.why };
    const url = await startMlflow(context, installed.bin);
    return { kind: "passed", version: MLFLOW_VERSION, note: `${await runConformance(context, { url })} conformance tests` };
  },
};
