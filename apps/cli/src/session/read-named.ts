import { Failure } from "@gauntlet/core";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";

import type { Cli } from "../output/cli.ts";

/** The text of a file that the caller named. @throws Failure `not_found` */
export function readNamed(cli: Cli, what: string, file: string): string {
  const path = resolve(cli.cwd, file);
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new Failure("not_found", `the ${what} ${path} can't be read`, { fix: "name a file that exists", cause });
  }
}
