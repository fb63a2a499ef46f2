import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Component } from "../component.ts";
import { startCluster } from "../kubernetes/cluster.ts";
import { KUBERNETES_VERSION } from "../kubernetes/install.ts";
import { lastLines } from "../processes.ts";

/** What every serving target of Kubernetes must do, against a real API server with the real kinds, under the rights that deploy/kubernetes grants. */
export const component: Component = {
  name: "Kubernetes targets",
  required: true,
  async run(context) {
    const cluster = await startCluster(context);
    if (cluster.kind === "missing") return { kind: "skipped", version: KUBERNETES_VERSION, why: cluster.why };
    const { url, ca, token, version } = cluster.server;
    const file = join(context.workDir, "kubernetes-address.json");
    await writeFile(file, JSON.stringify({ url, ca, token }), { mode: 0o600 });
    const root = join(import.meta.dirname, "../../..");
    const { code, stdout, stderr } = await context.processes.run({
      command: process.execPath,
      args: [join(root, "node_modules/vitest/vitest.mjs"), "run", "--root", root, "--config", join(root, "test/real/vitest.config.ts"), "--no-color", "test/real/kubernetes"],
      cwd: root,
      env: { GAUNTLET_KUBE: file, NO_COLOR: "1" },
      timeoutMs: 5 * 60_000,
    });
    const count = /Tests\s+(\d+) passed/.exec(stdout)?.[1];
    if (code !== 0 || count === undefined) throw new Error(`the conformance suite failed\n${lastLines(stdout, 120)}\n${lastLines(stderr, 40)}`);
    for (const [line] of stdout.matchAll(/^storm: .*$/gm)) context.log(line);
    return { kind: "passed", version, note: `${count} tests of six kinds` };
  },
};
