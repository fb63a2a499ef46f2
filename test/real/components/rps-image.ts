import assert from "node:assert/strict";
import { join } from "node:path";
import type { Component, Context } from "../component.ts";
import { mustRun, rehearseImage } from "../containers/rehearse.ts";
import { freePort } from "../processes.ts";

/** What comes out of deploy/rps/Containerfile must start: Gauntlet, the app with its pages, and the trainer. */
export const component: Component = {
  name: "Image of rock, paper, scissors",
  required: true,
  async run(context) {
    const { folder, stages, steps } = await rehearseImage(context, "deploy/rps/Containerfile");
    await starts(context, folder);
    return { kind: "passed", version: process.version, note: `${stages} stages, ${steps} steps; Gauntlet, app and trainer start from what they leave` };
  },
};

/** As the manifests start them. */
async function starts(context: Context, image: string): Promise<void> {
  const none = { NODE_ENV: "production", GAUNTLET_URL: "", GAUNTLET_TOKEN: "" };
  const bare = await context.processes.run({ command: process.execPath, args: ["examples/rps/src/deployed/serve-main.ts"], cwd: image, env: none, timeoutMs: 60_000 });
  assert.deepEqual([bare.code, /GAUNTLET_URL is not set/.test(bare.stderr)], [1, true], bare.stderr);
  const [port, appPort] = [await freePort(), await freePort()];
  const data = join(context.workDir, "image-data");
  const gauntlet = `http://127.0.0.1:${port}`;
  const cli = ["apps/cli/bin/gauntlet.mjs", "--data", data];
  // While no server holds the data, no token is needed to make one.
  const token = (await mustRun(context, { command: process.execPath, args: [...cli, "token", "create", "rps", "--role", "operator"], cwd: image })).trim().split("\n").at(-1) ?? "";
  await context.processes.start({ command: process.execPath, args: [...cli, "up", "--port", String(port)], cwd: image, isReady: async () => (await fetch(`${gauntlet}/readyz`)).ok, readyMs: 60_000 });
  const env = { NODE_ENV: "production", GAUNTLET_URL: gauntlet, GAUNTLET_TOKEN: token, RPS_API_TOKEN: "of-the-environment-0123456789", RPS_HOST: "127.0.0.1", RPS_PORT: String(appPort), DATA_PATH: join(context.workDir, "image-app") };
  const app = `http://127.0.0.1:${appPort}`;
  await context.processes.start({ command: process.execPath, args: ["examples/rps/src/deployed/serve-main.ts"], cwd: image, env, isReady: async () => (await fetch(`${app}/healthz`)).ok, readyMs: 60_000 });
  const page = await (await fetch(`${app}/`)).text();
  const script = /src="(\/[^"]+\.js)"/.exec(page)?.[1] ?? "";
  assert.deepEqual([(await fetch(`${app}${script}`)).headers.get("content-type")?.split(";")[0], (await fetch(`${gauntlet}/`)).headers.get("content-type")?.split(";")[0]], ["text/javascript", "text/html"], page.slice(0, 500));
  assert.match(await (await fetch(`${app}/metrics`)).text(), /^rps_promotion_ledger_up 1$/m);
  const trained = await context.processes.run({ command: process.execPath, args: ["examples/rps/src/deployed/train-main.ts"], cwd: image, env, timeoutMs: 60_000 });
  assert.deepEqual([trained.code, /nothing is trained: there are 0 rounds/.test(trained.stderr)], [0, true], trained.stderr);
}
