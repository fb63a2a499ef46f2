import { registryConformance } from "@gauntlet/controller/testing";
import { harnessOf, openClient } from "../../e2e/registry/mlflow-harness.ts";

const { GAUNTLET_MLFLOW_URL: url = "", GAUNTLET_MLFLOW_USER: user, GAUNTLET_MLFLOW_PASSWORD: password } = process.env;
const login = user === undefined || password === undefined ? {} : { basic: { user, password } };

registryConformance("a real MLflow server", async () => harnessOf(openClient({ url, ...login }), async () => {}));
