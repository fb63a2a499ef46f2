import { join } from "node:path";

import type { Context } from "../component.ts";
import { installPython, installRPackage, type Tool } from "../statistics/install.ts";

export function installPeers(context: Context): Promise<Tool> {
  return installPython(context, { name: "rating-peers", requirements: join(import.meta.dirname, "requirements.txt"), packages: ["choix", "openskill"] });
}

export function installBradleyTerry(context: Context): Promise<Tool> {
  return installRPackage(context, { debian: "r-cran-bradleyterry2", ask: 'cat(as.character(packageVersion("BradleyTerry2")))' });
}
