import type { Writable } from "node:stream";

/** Where a command reads from and writes to. Data goes to `out`, everything for people's eyes only to `note`. */
export interface Cli {
  readonly json: boolean;
  readonly colour: boolean;
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly options: GlobalOptions;
  /** For data that is more than `out` should take at once. */
  readonly stdout: Writable;
  /** One line of data. */
  out(text: string): void;
  /** One line beside the data, on standard error. */
  note(text: string): void;
}

export interface GlobalOptions {
  readonly data?: string;
  readonly config?: string;
  readonly token?: string;
  readonly json?: boolean;
}

/** Exit codes, as documented. */
export const EXIT = { ok: 0, failure: 1, usage: 2, notPromoted: 3 } as const;

/** What a program runs in. */
export interface Terminal {
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** Whether somebody watches. */
  readonly isTTY: boolean;
}

/** That of this process. */
export function processTerminal(): Terminal {
  // `gauntlet ledger export | head` has what it wanted.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit(EXIT.ok);
  });
  return { cwd: process.cwd(), environment: process.env, stdout: process.stdout, stderr: process.stderr, isTTY: process.stdout.isTTY };
}

export function createCli(options: GlobalOptions, { cwd, environment, stdout, stderr, isTTY }: Terminal): Cli {
  const plain = options.json === true || (environment["NO_COLOR"] ?? "") !== "" || !isTTY;
  return {
    json: options.json === true,
    colour: !plain,
    cwd,
    environment,
    options,
    stdout,
    out: (text) => void stdout.write(`${text}\n`),
    note: (text) => void stderr.write(`${text}\n`),
  };
}

/** Data as JSON on one line, or as text for people. */
export function show(cli: Cli, data: unknown, text: () => string): void {
  cli.out(cli.json ? JSON.stringify(data) : text());
}
