import { spawnSync } from "node:child_process";

/** What a world printed, and said on the way. @throws Error when it failed, or spoke of an error. */
export function runMain<Printed>(main: string, dataDir: string, ...more: readonly string[]): { readonly printed: Printed; readonly said: string } {
  const done = spawnSync(process.execPath, [main, "--once", "--json", "--data", dataDir, ...more], { encoding: "utf8" });
  if (done.status !== 0 || /\berror\b/i.test(done.stderr + done.stdout)) throw new Error(`${main} ended with ${done.status}: ${done.stderr}${done.stdout}`);
  return { printed: JSON.parse(done.stdout.trim().split("\n").at(-1) as string) as Printed, said: done.stderr };
}

/** What a world says of options that it can't follow, and its exit code. */
export function runWrongly(main: string, ...options: readonly string[]): { readonly code: number | null; readonly said: string } {
  const done = spawnSync(process.execPath, [main, ...options], { encoding: "utf8" });
  return { code: done.status, said: done.stderr };
}
