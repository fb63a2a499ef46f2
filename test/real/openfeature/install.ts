import { join } from "node:path";

import type { Context } from "../component.ts";
import { installPython, type Tool } from "../statistics/install.ts";

/** A Python environment with OpenFeature's SDK and its OFREP provider in the cache; a few seconds the first time. */
export function installOpenFeature(context: Context): Promise<Tool> {
  return installPython(context, { name: "openfeature", requirements: join(import.meta.dirname, "requirements.txt"), packages: ["openfeature-sdk", "openfeature-provider-ofrep"] });
}
