import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";

interface Command {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Child processes in groups of their own, so that a server's workers end with it. */
export interface Processes {
  /** Runs to the end; never throws for an exit code. `timeoutMs` ends it. */
  run(command: Command & { readonly timeoutMs: number }): Promise<Finished>;
  /** Starts a server and waits until `isReady` holds. @throws when it ends before, or isn't ready in time. */
  start(command: Command & { readonly isReady: () => Promise<boolean>; readonly readyMs: number }): Promise<void>;
  /** Ends every group; safe to call again. */
  stopAll(): Promise<void>;
  /** For the last moment, when nothing can be awaited. */
  killAll(): void;
}

export function createProcesses(): Processes {
  const alive = new Set<ChildProcess>();
  const launch = ({ command, args, cwd, env }: Command): { readonly child: ChildProcess; output(): Omit<Finished, "code"> } => {
    const child = spawn(command, args, { ...(cwd === undefined ? {} : { cwd }), env: { ...process.env, ...env }, detached: true, stdio: ["ignore", "pipe", "pipe"] });
    alive.add(child);
    const collected = { stdout: "", stderr: "" };
    child.stdout?.on("data", (chunk: Buffer) => (collected.stdout = keepEnd(collected.stdout + chunk.toString())));
    child.stderr?.on("data", (chunk: Buffer) => (collected.stderr = keepEnd(collected.stderr + chunk.toString())));
    return { child, output: () => collected };
  };
  return {
    async run(command) {
      const { child, output } = launch(command);
      const timer = setTimeout(() => signalGroup(child, "SIGKILL"), command.timeoutMs);
      try {
        const [code] = (await once(child, "close")) as [number | null];
        return { code, ...output() };
      } finally {
        clearTimeout(timer);
        alive.delete(child);
      }
    },
    async start(command) {
      const { child, output } = launch(command);
      let ended: Error | null = null;
      child.once("error", (error) => (ended = error));
      child.once("exit", (code) => (ended = new Error(`${command.command} ended with ${code} before it was ready`)));
      const until = Date.now() + command.readyMs;
      while (!(await command.isReady().catch(() => false))) {
        const { stdout, stderr } = output();
        if (ended !== null) throw new Error(`${(ended as Error).message}:\n${lastLines(stdout + stderr)}`);
        if (Date.now() > until) throw new Error(`${command.command} was not ready within ${command.readyMs} ms:\n${lastLines(stdout + stderr)}`);
        await pause(100);
      }
    },
    async stopAll() {
      for (const child of alive) signalGroup(child, "SIGTERM");
      const until = Date.now() + 5000;
      while ([...alive].some(groupLives) && Date.now() < until) await pause(50);
      for (const child of alive) signalGroup(child, "SIGKILL");
      alive.clear();
    },
    killAll() {
      for (const child of alive) signalGroup(child, "SIGKILL");
    },
  };
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

export function lastLines(text: string, count = 15): string {
  return text.trimEnd().split("\n").slice(-count).join("\n");
}

/** A negative id is the group: workers that a server has started are in it, even after the server itself ended. */
function signalGroup(child: ChildProcess, signal: NodeJS.Signals | 0): boolean {
  if (child.pid === undefined) return false;
  try {
    return process.kill(-child.pid, signal);
  } catch {
    return false;
  }
}

function groupLives(child: ChildProcess): boolean {
  return signalGroup(child, 0);
}

/** Enough for a complaint and for the answers of a script. */
function keepEnd(text: string): string {
  return text.length > 4_000_000 ? text.slice(-2_000_000) : text;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
