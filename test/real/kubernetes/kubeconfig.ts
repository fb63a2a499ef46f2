import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Context } from "../component.ts";
import type { KubeAddress } from "./kube-api-server.ts";

/** Writes the file with which the command `name` is the administrator of an API server, and returns where. */
export async function writeKubeconfig(context: Context, name: string, { url, ca, token }: KubeAddress): Promise<string> {
  const file = join(context.workDir, `${name}.kubeconfig`);
  const content = {
    apiVersion: "v1",
    kind: "Config",
    "current-context": "test",
    contexts: [{ name: "test", context: { cluster: "test", user: "test" } }],
    clusters: [{ name: "test", cluster: { server: url, "certificate-authority-data": Buffer.from(ca).toString("base64") } }],
    users: [{ name: "test", user: { token } }],
  };
  await writeFile(file, JSON.stringify(content), { mode: 0o600 });
  return file;
}
