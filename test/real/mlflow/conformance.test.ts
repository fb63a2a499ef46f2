import { registryConformance } from "@gauntlet/controller/testing";
import { harnessOf, openClient } from "../../e2e/registry/mlflow-harness.ts";

const url = process.env["GAUNTLET_MLFLOW_URL"] ?? "";

registryConformance("a real MLflow server", async () => harnessOf(openClient({ url }), async () => {}));
