import { Failure } from "@gauntlet/core";

export interface SshTarget {
  /** A host name, an address, or an alias of the user's ssh configuration. */
  readonly host: string;
  readonly user: string | null;
  readonly port: number | null;
  /** A private key; null: the agent's and the usual ones. */
  readonly identityFile: string | null;
  /** Keys of hosts that are believed; null: the user's own. A host that is not in it is refused. */
  readonly knownHostsFile: string | null;
  readonly connectTimeoutMs: number;
  /** The far end's program and its arguments. */
  readonly command: readonly string[];
}

/**
 * The arguments of OpenSSH's client. There is no shell on this side; on the far side the user's login shell reads the
 * command, so each of its words is quoted.
 * @throws Failure `invalid_input` for a name that an option or a shell could be read from
 */
export function sshArguments(target: SshTarget): readonly string[] {
  checkTarget(target);
  const { host, user, port, identityFile, knownHostsFile, connectTimeoutMs, command } = target;
  const options = [
    "BatchMode=yes",
    "StrictHostKeyChecking=yes",
    ...(knownHostsFile === null ? [] : [`UserKnownHostsFile=${quotedPath(knownHostsFile)}`, "GlobalKnownHostsFile=none"]),
    `ConnectTimeout=${Math.max(1, Math.ceil(connectTimeoutMs / 1000))}`,
    "ServerAliveInterval=15",
    "ServerAliveCountMax=3",
    "ClearAllForwardings=yes",
    "ForwardAgent=no",
    "ForwardX11=no",
    "PermitLocalCommand=no",
  ];
  return [
    "-T",
    ...options.flatMap((option) => ["-o", option]),
    ...(port === null ? [] : ["-p", String(port)]),
    ...(identityFile === null ? [] : ["-o", "IdentitiesOnly=yes", "-i", identityFile]),
    ...(user === null ? [] : ["-l", user]),
    "--",
    host,
    command.map(quotedWord).join(" "),
  ];
}

/** @throws Failure `invalid_input` */
export function checkTarget({ host, user, port, command, identityFile, knownHostsFile }: Pick<SshTarget, "host" | "user" | "port" | "command" | "identityFile" | "knownHostsFile">): void {
  if (!/^[A-Za-z0-9_](?:[A-Za-z0-9_.:-]{0,252}[A-Za-z0-9_])?$/.test(host)) {
    throw new Failure("invalid_input", `${JSON.stringify(host.slice(0, 100))} is no name of a host: letters, digits and . _ - : only, and it begins with a letter or a digit`, { fix: "name the host as ssh knows it; give the user with --user and the port apart" });
  }
  if (user !== null && !/^[A-Za-z_][A-Za-z0-9_.-]{0,31}$/.test(user)) {
    throw new Failure("invalid_input", `${JSON.stringify(user.slice(0, 100))} is no name of a user: letters, digits and . _ - only, and it begins with a letter`, { fix: "name the user as the host knows it" });
  }
  if (port !== null && !(Number.isInteger(port) && port >= 1 && port <= 65_535)) throw new Failure("invalid_input", `${port} is no port`, { fix: "give a number from 1 to 65535" });
  for (const path of [identityFile, knownHostsFile]) if (path !== null && (path.startsWith("-") || /["\r\n\0]/.test(path))) throw new Failure("invalid_input", `${JSON.stringify(path)} can't be given to ssh as a path`, { fix: "give an absolute path" });
  if (command.length === 0 || command[0] === "" || command.some((word) => /[\r\n\0]/.test(word))) throw new Failure("invalid_input", "the command for the far end must be a list of words, the first of them a program", { fix: 'write it as a list: ["gauntlet", "ratings", "serve", "--stdio"]' });
}

/** One word for a POSIX shell. */
function quotedWord(word: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** ssh splits the value at spaces unless it is quoted, and expands % and ~ in it. */
function quotedPath(path: string): string {
  return `"${path.replaceAll("%", "%%")}"`;
}
