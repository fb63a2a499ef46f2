import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { runHere } from "../../apps/cli/src/testing/run-here.ts";
import { curl } from "./curl.ts";
import type { Ran } from "./ran.ts";

/**
 * A shell in a folder of its own, for commands as the docs show them: `&`, `kill %1` and `export` work as people expect. A
 * real shell reads every line. Where a line is one call of gauntlet or curl, what it made of the words is then run in this
 * process, for a program's start takes ten times as long as what most of them do.
 */
export interface Shell {
  readonly folder: string;
  run(command: string): Promise<Ran>;
  /** A text with the ports that are used here. */
  mapped(text: string): string;
  /** Ends what runs in the background, and forgets what was exported. */
  end(): Promise<void>;
  remove(): void;
}

/** Outside quotes, nothing that joins commands or leads elsewhere. */
const ONE_CALL = /^(?:npx gauntlet|curl) (?:'[^']*'|"[^"]*"|\$\(date [^)]*\)|[^'"|&;<>()])*$/;

/** Ports that the docs name; other ones are used here, since these may be taken. */
const PORTS = ["4400", "5001", "5002"];

export async function openShell(): Promise<Shell> {
  const folder = mkdtempSync(join(tmpdir(), "gauntlet-docs-"));
  for (const name of ["docs", "examples"]) symlinkSync(resolve(name), join(folder, name));
  const bin = join(folder, "bin");
  mkdirSync(bin);
  script(join(bin, "npx"), `shift; exec node ${quoted(resolve("apps/cli/bin/gauntlet.mjs"))} "$@"`);
  symlinkSync(process.execPath, join(bin, "node"));
  const readers = join(folder, "readers");
  mkdirSync(readers);
  for (const name of ["npx", "curl"]) script(join(readers, name), String.raw`printf '%s\0' "$@"`);
  const ports = new Map<string, string>();
  for (const port of PORTS) ports.set(port, await freePort());
  let exported: Record<string, string> = {};
  let background: ChildProcess[] = [];

  const mapped = (text: string) => [...ports].reduce((done, [shown, used]) => done.replaceAll(shown, used), text);
  const environment = (): Record<string, string> => {
    const { GAUNTLET_DATA: _data, GAUNTLET_TOKEN: _token, GAUNTLET_CONFIG: _config, ...env } = process.env;
    return { ...(env as Record<string, string>), NO_COLOR: "1", PATH: `${bin}:${env["PATH"] ?? ""}`, GAUNTLET_URL: mapped("http://127.0.0.1:4400"), ...exported };
  };

  async function run(shown: string): Promise<Ran> {
    const setting = /^export (\w+)=(\S*)$/.exec(shown);
    if (setting !== null) {
      exported = { ...exported, [setting[1] as string]: setting[2] as string };
      return { status: 0, stdout: "set", stderr: "" };
    }
    if (shown === "kill %1") {
      const [first, ...others] = background;
      background = others;
      return first === undefined ? { status: 1, stdout: "", stderr: "nothing runs" } : { status: await stop(first), stdout: "ended", stderr: "" };
    }
    const command = mapped(shown).replace(/^npx gauntlet up\b/, `npx gauntlet up --port ${ports.get("4400")}`);
    if (ONE_CALL.test(command)) return runCall(command);
    if (!command.endsWith("&")) return spawnSync("sh", ["-c", command], { cwd: folder, env: environment(), encoding: "utf8", input: "" });
    const child = spawn("sh", ["-c", `exec ${command.slice(0, -1)}`], { cwd: folder, env: environment(), stdio: ["ignore", "pipe", "pipe"] });
    background.push(child);
    const said = await listening(child);
    // Nobody types the next command as fast as it comes here.
    if (said.status === 0 && command.startsWith("npx gauntlet up")) await ready(mapped("http://127.0.0.1:4400/readyz"));
    return said;
  }

  async function runCall(command: string): Promise<Ran> {
    const env = environment();
    const read = spawnSync("sh", ["-c", command], { cwd: folder, env: { ...env, PATH: `${readers}:${env["PATH"] ?? ""}` }, encoding: "utf8", input: "" });
    if (read.status !== 0) return read;
    const words = read.stdout.split("\0").slice(0, -1);
    if (command.startsWith("curl ")) return curl(words, folder);
    const { code, out, err } = await runHere(folder, words.slice(1), env);
    return { status: code, stdout: out, stderr: err };
  }

  async function end(): Promise<void> {
    const ending = background;
    [background, exported] = [[], {}];
    for (const child of ending) await stop(child);
    rmSync(join(folder, "gauntlet.yaml"), { force: true });
  }

  return { folder, run, mapped, end, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Until it says that it listens, or ends. */
function listening(child: ChildProcess): Promise<Ran> {
  let said = "";
  return new Promise((done) => {
    const hear = (chunk: Buffer) => {
      said += chunk.toString();
      if (/\blisten(?:s|ing)\b/.test(said)) done({ status: 0, stdout: said, stderr: "" });
    };
    child.stdout?.on("data", hear);
    child.stderr?.on("data", hear);
    child.once("exit", (status) => done({ status: status ?? 1, stdout: "", stderr: said }));
  });
}

async function ready(url: string): Promise<void> {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await sleep(20)) if ((await fetch(url)).ok) return;
  throw new Error(`${url} is not ready after a minute`);
}

/** Ends as with Ctrl-C; a program without a handler has no status of its own, and that is fine. */
function stop(child: ChildProcess): Promise<number> {
  if (child.exitCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((done) => {
    child.once("exit", (status) => done(status ?? 0));
    child.kill("SIGTERM");
  });
}

function script(path: string, body: string): void {
  writeFileSync(path, `#!/bin/sh\n${body}\n`);
  chmodSync(path, 0o755);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function freePort(): Promise<string> {
  return new Promise((done) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => done(String(port)));
    });
  });
}
