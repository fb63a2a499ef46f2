import type { Component } from "../component.ts";
import { converse, disagreements } from "../mlflow/converse.ts";
import { startEmbedded } from "../mlflow/embedded.ts";
import { installMlflow, MLFLOW_VERSION } from "../mlflow/install.ts";
import { CONVERSATION } from "../mlflow/requests.ts";
import { startMlflow } from "../mlflow/server.ts";

/** The same plain HTTP requests to a real server and to ours: status and answer must be the same. */
export const component: Component = {
  name: "MLflow protocol",
  required: true,
  async run(context) {
    const installed = await installMlflow(context);
    if (installed.kind === "missing") return { kind: "skipped", version: MLFLOW_VERSION, why: installed.why };
    const embedded = await startEmbedded(context);
    try {
      const real = await converse(await startMlflow(context, installed.bin), CONVERSATION);
      const ours = await converse(embedded.url, CONVERSATION);
      const differing = disagreements(real, ours);
      if (differing.length > 0) throw new Error(`${differing.length} of ${real.length} answers differ (first: MLflow, second: ours)\n${differing.join("\n")}`);
      return { kind: "passed", version: MLFLOW_VERSION, note: `${real.length} requests answered alike` };
    } finally {
      await embedded.close();
    }
  },
};
