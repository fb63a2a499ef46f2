import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

const BIN = join(import.meta.dirname, "../../../apps/cli/bin/gauntlet.mjs");

/** `gauntlet up` in a process that a test may kill. */
export interface GauntletProcess {
  readonly url: string;
  /** The first operator token; null when another start made it. */
  readonly token: string | null;
  /** What it logged so far. */
  said(): string;
  kill(signal: "SIGKILL" | "SIGTERM"): Promise<void>;
}

/** @throws when it ends before it listens. */
export async function startGauntlet(cwd: string): Promise<GauntletProcess> {
  const child: ChildProcess = spawn(process.execPath, [BIN, "up", "--json"], { cwd, stdio: ["ignore", "pipe", "pipe"] });
  let log = "";
  let out = "";
  child.stderr?.on("data", (chunk: Buffer) => (log += chunk.toString()));
  const listening = new Promise<string>((resolve, reject) => {
    child.stdout?.on("data", (chunk: Buffer) => {
      out += chunk.toString();
      const line = out.split("\n", 1)[0] ?? "";
      if (out.includes("\n")) resolve((JSON.parse(line) as { readonly url: string }).url);
    });
    child.once("exit", (code) => reject(new Error(`gauntlet up ended with ${code}:\n${log}`)));
  });
  const url = await listening;
  // A test that fails leaves nobody behind.
  const kill = (): void => void child.kill("SIGKILL");
  process.once("exit", kill);
  child.once("exit", () => process.off("exit", kill));
  return {
    url,
    token: /shown this once: (\S+)/.exec(log)?.[1] ?? null,
    said: () => log,
    async kill(signal) {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      child.kill(signal);
      await ended;
    },
  };
}
