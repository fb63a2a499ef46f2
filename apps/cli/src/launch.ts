import type { Command } from "commander";

import type { Cli } from "./output/cli.ts";

/** What a command's action is turned into: it gets the output to write to, and says the exit code. */
export type Launch = (command: Command, run: (cli: Cli) => Promise<number>) => Promise<void>;
