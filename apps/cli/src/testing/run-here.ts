import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";

import { runIn } from "../main.ts";
import { ownEnvironment, type Ran } from "./run-cli.ts";

/** Runs a command line in this process, which takes a hundredth of the time; what a program's start and end are made of (`bin`, `main`) is not tried. */
export async function runHere(cwd: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Ran> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const said = [text(stdout), text(stderr)] as const;
  const code = await runIn({ cwd, environment: { ...ownEnvironment(), ...environment }, stdout, stderr, isTTY: false }, args);
  stdout.end();
  stderr.end();
  const [out, err] = await Promise.all(said);
  return { code, out, err, json: args.includes("--json") && out !== "" ? JSON.parse(out) : null };
}
