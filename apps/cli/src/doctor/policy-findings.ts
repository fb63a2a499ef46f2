import { parsePolicy } from "@gauntlet/contract";
import type { Config } from "@gauntlet/server";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

import type { Cli } from "../output/cli.ts";
import { readNamed } from "../session/read-named.ts";
import { required, type Finding } from "./finding.ts";

/** One line for each policy of the folder `policies` whose model has a target: whether the target can carry it out. */
export async function policyFindings(cli: Cli, { targets }: Config): Promise<readonly Finding[]> {
  if (Object.keys(targets).length === 0) return [];
  const { requireOnTarget } = await import("@gauntlet/server");
  const found = await Promise.all(
    policyFiles(cli.cwd).map(async (file) => {
      let targeted = true;
      const line = await required(`policy ${file}`, async () => {
        const text = readNamed(cli, "policy", file);
        const policy = parsePolicy(text, file);
        targeted = Object.hasOwn(targets, policy.model);
        requireOnTarget({ policy, text, source: file }, targets);
        return `the target of ${policy.model} can carry it out`;
      });
      return targeted ? [line] : [];
    }),
  );
  return found.flat();
}

/** `policies/*.yaml` beside the configuration. */
export function policyFiles(cwd: string): readonly string[] {
  const folder = join(cwd, "policies");
  const found = existsSync(folder) ? readdirSync(folder).filter((name) => /\.ya?ml$/.test(name)).toSorted() : [];
  return found.map((name) => join("policies", name));
}
