import { Failure } from "@gauntlet/core";
import type { Config, PeerSettings } from "@gauntlet/server";
import { InvalidArgumentError, Option, type Command } from "commander";
import { resolve } from "node:path";

import type { Cli } from "../output/cli.ts";

/** How hosts that no configuration names are reached. */
export interface PeerOptions {
  readonly user?: string;
  readonly port?: number;
  readonly identityFile?: string;
  readonly knownHosts?: string;
  readonly remoteCommand?: readonly string[];
  readonly remotePath?: string;
  readonly timeout: number;
}

/** The same options wherever hosts are named. */
export function addPeerOptions(command: Command): Command {
  return command
    .option("--user <name>", "the user there (default: as ssh's own configuration has it)")
    .option("--port <n>", "the port there (default: as ssh's own configuration has it)", parsePort)
    .option("--identity-file <file>", "a private key (default: the agent's and the usual ones)")
    .option("--known-hosts <file>", "keys of hosts that are believed (default: the user's own)")
    .option("--remote-path <dir>", "where the matches are there: a data directory, a folder of segments, or a file of matches (default: as it is configured there)")
    .option("--remote-command <word...>", "the program there, word by word (default: gauntlet)")
    .addOption(new Option("--timeout <seconds>", "how long connecting may take, and then each answer").default(30).argParser(parseSeconds));
}

/** `user@host` is a host and its user. */
export function sshSettings(cli: Cli, address: string, options: PeerOptions): PeerSettings {
  const cut = address.lastIndexOf("@");
  const user = cut >= 0 ? address.slice(0, cut) : options.user;
  if (cut >= 0 && options.user !== undefined && options.user !== user) throw new Failure("invalid_input", `${address} names the user ${user}, and --user ${options.user}`, { fix: "name one of them" });
  const { port, identityFile, knownHosts } = options;
  return {
    kind: "ssh",
    host: address.slice(cut + 1),
    ...(user === undefined ? {} : { user }),
    ...(port === undefined ? {} : { port }),
    ...(identityFile === undefined ? {} : { identityFile: resolve(cli.cwd, identityFile) }),
    ...(knownHosts === undefined ? {} : { knownHostsFile: resolve(cli.cwd, knownHosts) }),
    command: farCommand(options),
  };
}

export function farCommand({ remoteCommand = ["gauntlet"], remotePath }: Pick<PeerOptions, "remoteCommand" | "remotePath">): string[] {
  const where = remotePath === undefined ? [] : ["--local-db", remotePath];
  return [...remoteCommand, "ratings", "serve", "--stdio", ...where];
}

export function limitsOf({ ratings }: Config, { timeout }: Pick<PeerOptions, "timeout">): Config["ratings"]["sync"] {
  return { ...ratings.sync, connectTimeoutMs: timeout * 1000, answerTimeoutMs: timeout * 1000 };
}

function parsePort(text: string): number {
  const value = Number(text);
  if (!/^\d{1,5}$/.test(text) || value < 1 || value > 65_535) throw new InvalidArgumentError("a port from 1 to 65535");
  return value;
}

function parseSeconds(text: string): number {
  const value = Number(text);
  if (!/^\d{1,5}(?:\.\d+)?$/.test(text) || !(value > 0 && value <= 86_400)) throw new InvalidArgumentError("seconds, more than 0");
  return value;
}
