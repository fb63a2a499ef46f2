import { parsePolicy } from "@gauntlet/contract";
import { Failure, lintPolicy, type KnownWorld, type Policy, type PolicyWarning } from "@gauntlet/core";
import type { Config } from "@gauntlet/server";
import type { Command } from "commander";
import { existsSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";

import { policyFiles } from "../doctor/policy-findings.ts";
import type { Launch } from "../launch.ts";
import { EXIT, show, type Cli } from "../output/cli.ts";
import { configOf } from "../session/open-session.ts";
import { addWorldOptions, worldFrom, type WorldOptions } from "../simulation/world-options.ts";

interface ValidateOptions extends WorldOptions {
  readonly denyWarnings?: boolean;
}

export function registerConfigValidate(program: Command, launch: Launch): void {
  const config = program.command("config").description("Configuration and policies");
  const command = config
    .command("validate")
    .description("Check policies and gauntlet.yaml without doing anything, and say when a policy can't work; exits 1 when one is wrong")
    .argument("[files...]", "default: gauntlet.yaml and policies/*.yaml")
    .option("--deny-warnings", "exit 1 for a policy that can't work, too");
  addWorldOptions(command).action((files: readonly string[], options: ValidateOptions, self: Command) => launch(self, (cli) => validate(cli, files, options)));
}

interface Checked {
  readonly file: string;
  readonly kind: "policy" | "configuration";
  readonly failure: Failure | null;
  /** Why a policy that is valid can't work, or works otherwise than one may think. */
  readonly warnings: readonly PolicyWarning[];
}

async function validate(cli: Cli, named: readonly string[], options: ValidateOptions): Promise<number> {
  const world = worldFrom(cli, options);
  const files = named.length > 0 ? named : defaultFiles(cli.cwd);
  if (files.length === 0) throw new Failure("not_found", "there is no gauntlet.yaml and no policies/*.yaml here", { fix: "name the files to check" });
  const checked: Checked[] = [];
  for (const file of files) checked.push(await check(cli, file, world));
  const data = checked.map(({ file, kind, failure, warnings }) => ({ file, kind, valid: failure === null, message: failure?.message ?? null, problems: failure?.problems ?? [], warnings }));
  show(cli, { files: data }, () => checked.map(textOf).join("\n"));
  if (!cli.json) for (const { file, warnings } of checked) for (const { severity, pointer, says, fix } of warnings) cli.note(`${file}: ${severity} ${pointer}: ${says}\n  → ${fix}`);
  const denied = (warnings: readonly PolicyWarning[]) => options.denyWarnings === true && warnings.some(({ severity }) => severity === "warning");
  return checked.every(({ failure, warnings }) => failure === null && !denied(warnings)) ? EXIT.ok : EXIT.failure;
}

function defaultFiles(cwd: string): readonly string[] {
  return [...(existsSync(join(cwd, "gauntlet.yaml")) ? ["gauntlet.yaml"] : []), ...policyFiles(cwd)];
}

async function check(cli: Cli, file: string, world: KnownWorld): Promise<Checked> {
  const kind = /^gauntlet(\..+)?\.ya?ml$/.test(basename(file)) ? "configuration" : "policy";
  try {
    const text = read(resolve(cli.cwd, file));
    if (kind === "policy") {
      const { policy, targeted } = await checkedPolicy(cli, text, file);
      return { file, kind, failure: null, warnings: lintPolicy(policy, world).map((warning) => (targeted ? withoutPairs(warning) : warning)) };
    }
    (await import("@gauntlet/server")).parseConfig(text, file, cli.environment);
    return { file, kind, failure: null, warnings: [] };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { file, kind, failure: error, warnings: [] };
  }
}

/** A policy whose sources the configuration has, and whose split the target of its model can say. */
async function checkedPolicy(cli: Cli, text: string, file: string): Promise<{ readonly policy: Policy; readonly targeted: boolean }> {
  const policy = parsePolicy(text, file);
  const { openSources, requireOnTarget, requireSources, systemClock } = await import("@gauntlet/server");
  if (policy.sources !== undefined) requireSources({ sources: openSources(await configOf(cli), systemClock) }, policy);
  const targets = await knownTargets(cli, file);
  requireOnTarget({ policy, text, source: file }, targets);
  return { policy, targeted: Object.hasOwn(targets, policy.model) };
}

/** A shadow is no way out where the target would refuse it. */
function withoutPairs(warning: PolicyWarning): PolicyWarning {
  return warning.pointer === "/shadow" ? { ...warning, fix: "expect that many requests: the model's target gives no pairs, which Gauntlet's own gateway alone does" } : warning;
}

/** Of a configuration that can be read: its own mistakes are no policy's. */
async function knownTargets(cli: Cli, file: string): Promise<Config["targets"]> {
  try {
    return (await configOf(cli)).targets;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    cli.note(`${file}: not held against the targets of the configuration, which can't be read: ${error.message}`);
    return {};
  }
}

function textOf({ file, kind, failure }: Checked): string {
  if (failure === null) return `${file}: valid ${kind}`;
  const problems = failure.problems.length === 0 ? [failure.message] : failure.problems.map((problem) => `${problem.pointer} ${problem.detail}`.trim());
  return [`${file}: no valid ${kind}`, ...problems.map((problem) => `  ${problem}`)].join("\n");
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new Failure("not_found", `${path} can't be read`, { fix: "name a file that exists", cause });
  }
}
