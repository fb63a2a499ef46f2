import { Failure } from "@gauntlet/core";
import { CommanderError } from "commander";

import { createProgram, type Launch } from "../main.ts";
import type { Cli, GlobalOptions } from "../output/cli.ts";
import type { Ran } from "./run-cli.ts";

/** Runs a command line in this process, which takes a hundredth of the time; what a program's end is made of (`main`) is not tried. */
export async function runHere(cwd: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Ran> {
  const [out, err]: [string[], string[]] = [[], []];
  let code: number | null = null;
  const launch: Launch = async (command, run) => {
    const options = command.optsWithGlobals<GlobalOptions>();
    const cli: Cli = { json: options.json === true, colour: false, cwd, environment: { ...process.env, ...environment }, options, out: (text) => out.push(text), note: (text) => err.push(text) };
    try {
      code = await run(cli);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      code = 1;
      err.push(error.message, ...(error.fix === null ? [] : [error.fix]));
    }
  };
  try {
    const program = createProgram(launch);
    for (const command of [program, ...program.commands]) command.configureOutput({ writeErr: (text) => err.push(text), writeOut: (text) => out.push(text) });
    await program.parseAsync([process.execPath, "gauntlet", ...args]);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    code = error.exitCode === 0 ? 0 : 2;
  }
  return { code, out: out.join("\n"), err: err.join("\n"), json: args.includes("--json") && out.length > 0 ? JSON.parse(out.join("\n")) : null };
}
