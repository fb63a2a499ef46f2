import { parsePolicy } from "@gauntlet/contract";
import type { Policy } from "@gauntlet/core";

import type { Cli } from "../output/cli.ts";
import { configOf } from "./open-session.ts";
import { readNamed } from "./read-named.ts";

/** A policy that is about to begin, which the target of its model must be able to carry out. @throws Failure `not_found`, `policy_invalid` */
export async function readPolicy(cli: Cli, file: string): Promise<{ readonly policy: Policy; readonly text: string }> {
  const text = readNamed(cli, "policy", file);
  const policy = parsePolicy(text, file);
  const { requireOnTarget } = await import("@gauntlet/server");
  requireOnTarget({ policy, text, source: file }, (await configOf(cli)).targets);
  return { policy, text };
}
