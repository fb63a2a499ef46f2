import { parseWorld } from "@gauntlet/contract";
import { parseRational, toNumber, type KnownWorld } from "@gauntlet/core";
import { InvalidArgumentError, type Command } from "commander";

import type { Cli } from "../output/cli.ts";
import { readNamed } from "../session/read-named.ts";

/** What may be said about the world on the command line; it goes before the world file. */
export interface WorldOptions {
  readonly world?: string;
  readonly traffic?: number;
  readonly prevalence?: number;
  readonly recall?: number;
  readonly precision?: number;
  readonly precisionChange?: number;
}

export function addWorldOptions(command: Command): Command {
  return command
    .option("--world <file>", "what is known of traffic, versions and labels; the rest is assumed, and said")
    .option("--traffic <n>", "requests a day", parseTraffic)
    .option("--prevalence <share>", "share of requests that are positive", parseShare)
    .option("--recall <share>", "of the champion", parseShare)
    .option("--precision <share>", "of the champion", parseShare)
    .option("--precision-change <points>", "of the challenger, for example 1pp", parseShare);
}

export function worldFrom(cli: Cli, options: WorldOptions): KnownWorld {
  const file = options.world === undefined ? {} : parseWorld(readNamed(cli, "world", options.world), options.world);
  const { traffic, prevalence, recall, precision, precisionChange } = options;
  return {
    ...file,
    ...(traffic === undefined ? {} : { trafficPerDay: traffic }),
    ...(prevalence === undefined ? {} : { prevalence }),
    champion: { ...file.champion, ...(recall === undefined ? {} : { recall }), ...(precision === undefined ? {} : { precision }) },
    challenger: { ...file.challenger, ...(precisionChange === undefined ? {} : { precisionChange }) },
  };
}

function parseTraffic(text: string): number {
  const value = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || !(value > 0)) throw new InvalidArgumentError("requests a day, for example 10000");
  return value;
}

function parseShare(text: string): number {
  try {
    return toNumber(parseRational(text));
  } catch {
    throw new InvalidArgumentError("a share, for example 5% or 0.05");
  }
}
