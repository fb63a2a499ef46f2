import assert from "node:assert/strict";
import { chmod, chown, cp, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Component, Context } from "../component.ts";
import { rehearseImage } from "../containers/rehearse.ts";
import { until } from "../nats/faces.ts";
import { freePort, lastLines } from "../processes.ts";

const ROOT = join(import.meta.dirname, "../../..");
const UID = 10_001;

/**
 * What comes out of deploy/gauntlet/Containerfile, run as the manifests run it: by a user without a name, who can write
 * nothing but the data and /tmp, with the configuration of the kustomization. It goes from nothing to a first promotion,
 * in the words of docs/guides/install-on-kubernetes.md.
 */
export const component: Component = {
  name: "Image of Gauntlet",
  required: true,
  async run(context) {
    const { folder, stages, steps } = await rehearseImage(context, "deploy/gauntlet/Containerfile");
    const pod = await openPod(context, folder);
    const bare = await pod.exec("gauntlet worker");
    assert.deepEqual([bare.code, /a worker shares a store and a registry/.test(bare.stderr)], [1, true], bare.stderr);
    // Without a server it does it itself, though the user has no name.
    const alone = await pod.exec('gauntlet --data "$GAUNTLET_DATA/../alone" token create early --role viewer');
    assert.deepEqual([alone.code, alone.stdout.startsWith("gauntlet_")], [0, true], alone.stderr);
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    await context.processes.start({ ...pod.command(`exec gauntlet up --port ${port} 2> "$GAUNTLET_DATA/../log"`), isReady: async () => (await fetch(`${url}/readyz`)).ok, readyMs: 60_000 });
    const promotedMs = await promoteFirst(pod, url);
    return { kind: "passed", version: process.version, note: `${stages} stages, ${steps} steps; ${pod.isNobody ? `as user ${UID}, who can't write the image` : "as this user"}: from nothing to a promotion in ${promotedMs} ms` };
  },
};

interface Pod {
  readonly isNobody: boolean;
  /** A line for a shell, as `kubectl exec` would run it. */
  command(script: string): { readonly command: string; readonly args: readonly string[]; readonly cwd: string; readonly env: Readonly<Record<string, string>> };
  exec(script: string): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>;
}

async function openPod(context: Context, folder: string): Promise<Pod> {
  const home = join(context.workDir, "pod");
  const data = join(home, "data");
  await mkdir(data, { recursive: true });
  await cp(join(ROOT, "deploy/gauntlet/overlays/single/gauntlet.yaml"), join(home, "gauntlet.yaml"));
  await cp(join(ROOT, "docs/examples/slots.yaml"), join(home, "slots.yaml"));
  const drop = ["setpriv", "--reuid", String(UID), "--regid", String(UID), "--clear-groups", "--no-new-privs"];
  // Others may pass through the run's folder, and read nothing in it that they should not.
  await chmod(context.workDir, 0o711);
  const isRoot = process.getuid?.() === 0;
  if (isRoot) for (const path of [home, data]) await chown(path, UID, UID);
  const env = { NODE_ENV: "production", PATH: `${folder}/node_modules/.bin:${dirname(process.execPath)}:/usr/bin:/bin`, GAUNTLET_CONFIG: join(home, "gauntlet.yaml"), GAUNTLET_DATA: data, GAUNTLET_TOKEN: "", HOME: "/" };
  const tried = isRoot ? await context.processes.run({ command: "setpriv", args: [...drop.slice(1), process.execPath, "--version"], timeoutMs: 30_000 }).catch(() => null) : null;
  const isNobody = tried?.code === 0;
  const command = (script: string): ReturnType<Pod["command"]> => {
    const [program = "", ...args] = [...(isNobody ? drop : []), "/bin/sh", "-c", script];
    return { command: program, args, cwd: folder, env };
  };
  if (isNobody) assert.notEqual((await context.processes.run({ ...command("touch package.json"), timeoutMs: 10_000 })).code, 0, "the image can be written");
  return { isNobody, command, exec: (script) => context.processes.run({ ...command(script), timeoutMs: 60_000 }) };
}

/** Returns how long it took after the server was ready, in whole milliseconds. */
async function promoteFirst(pod: Pod, url: string): Promise<number> {
  const began = performance.now();
  const must = async (script: string): Promise<string> => {
    const { code, stdout, stderr } = await pod.exec(script);
    if (code !== 0) throw new Error(`${script} ended with ${code}\n${lastLines(stderr, 20)}`);
    return stdout.trim();
  };
  const first = await must(`grep -o "gauntlet_[A-Za-z0-9_-]*" "$GAUNTLET_DATA/../log" | head -1`);
  const token = await must(`gauntlet --token ${first} token create me --role operator`);
  await must(`gauntlet --token ${token} token revoke "first operator"`);
  const page = await (await fetch(`${url}/`)).text();
  const script = /src="(\/[^"]+\.js)"/.exec(page)?.[1] ?? "";
  assert.equal((await fetch(url + script)).headers.get("content-type")?.split(";")[0], "text/javascript", page.slice(0, 300));
  // Beyond loopback, nobody reads without a token.
  assert.deepEqual([(await fetch(`${url}/metrics`)).status, (await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${token}` } })).status], [401, 200]);
  const play = join(ROOT, "docs/examples/play-in-slots.mjs");
  const outside = `GAUNTLET_URL=${url} GAUNTLET_TOKEN=${token} node ${play}`;
  await must(`${outside} register`);
  await must(`cat "$GAUNTLET_DATA/../slots.yaml" | gauntlet --token ${token} start /dev/stdin`);
  await must(`${outside} play`);
  const alias = `${url}/api/2.0/mlflow/registered-models/alias?name=rps_bot_xgboost&alias=Production`;
  await until("the challenger serves", async () => {
    const answer = (await (await fetch(alias, { headers: { authorization: `Bearer ${token}` } })).json()) as { readonly model_version: { readonly version: string } };
    return answer.model_version.version === "2";
  });
  return Math.round(performance.now() - began);
}
