import { join } from "node:path";

import type { Context } from "../component.ts";
import { installPython, type Tool } from "../statistics/install.ts";

/** A Python environment with the OpenSSF's model_signing in the cache; it needs pyOpenSSL, and does not say so. */
export function installModelSigning(context: Context): Promise<Tool> {
  return installPython(context, { name: "model-signing", requirements: join(import.meta.dirname, "requirements.txt"), packages: ["model-signing", "pyOpenSSL"] });
}
