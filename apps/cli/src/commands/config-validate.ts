import { parsePolicy } from "@gauntlet/contract";
import { Failure } from "@gauntlet/core";
import type { Command } from "commander";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";

import type { Launch } from "../main.ts";
import { EXIT, show, type Cli } from "../output/cli.ts";

export function registerConfigValidate(program: Command, launch: Launch): void {
  const config = program.command("config").description("Configuration and policies");
  config
    .command("validate")
    .description("Check policies and gauntlet.yaml without doing anything; exits 1 when one is wrong")
    .argument("[files...]", "default: gauntlet.yaml and policies/*.yaml")
    .action((files: readonly string[], _options: object, command: Command) => launch(command, (cli) => validate(cli, files)));
}

interface Checked {
  readonly file: string;
  readonly kind: "policy" | "configuration";
  readonly failure: Failure | null;
}

async function validate(cli: Cli, named: readonly string[]): Promise<number> {
  const files = named.length > 0 ? named : defaultFiles(cli.cwd);
  if (files.length === 0) throw new Failure("not_found", "there is no gauntlet.yaml and no policies/*.yaml here", { fix: "name the files to check" });
  const checked: Checked[] = [];
  for (const file of files) checked.push(await check(cli, file));
  const data = checked.map(({ file, kind, failure }) => ({ file, kind, valid: failure === null, message: failure?.message ?? null, problems: failure?.problems ?? [] }));
  show(cli, { files: data }, () => checked.map(textOf).join("\n"));
  return checked.every(({ failure }) => failure === null) ? EXIT.ok : EXIT.failure;
}

function defaultFiles(cwd: string): readonly string[] {
  const policies = join(cwd, "policies");
  const found = existsSync(policies) ? readdirSync(policies).filter((name) => /\.ya?ml$/.test(name)).toSorted() : [];
  return [...(existsSync(join(cwd, "gauntlet.yaml")) ? ["gauntlet.yaml"] : []), ...found.map((name) => join("policies", name))];
}

async function check(cli: Cli, file: string): Promise<Checked> {
  const kind = /^gauntlet(\..+)?\.ya?ml$/.test(basename(file)) ? "configuration" : "policy";
  try {
    const text = read(resolve(cli.cwd, file));
    if (kind === "policy") parsePolicy(text, file);
    else (await import("@gauntlet/server")).parseConfig(text, file, cli.environment);
    return { file, kind, failure: null };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { file, kind, failure: error };
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
