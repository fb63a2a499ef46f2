import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

import { kubeconfigLogin, podLogin } from "./login.ts";

let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gauntlet-login-"));
});

afterAll(() => rm(folder, { recursive: true }));

async function kubeconfig(user: object, cluster: object = { server: "https://k8s.example:6443/", "certificate-authority-data": Buffer.from("CA").toString("base64") }): Promise<string> {
  const path = join(folder, "config");
  await writeFile(path, JSON.stringify({ "current-context": "prod", contexts: [{ name: "prod", context: { cluster: "c", user: "u" } }, { name: "test", context: { cluster: "gone", user: "u" } }], clusters: [{ name: "c", cluster }], users: [{ name: "u", user }] }));
  return path;
}

test("a kubeconfig's tokens, files and certificates", async () => {
  const login = await kubeconfigLogin(await kubeconfig({ token: "t" }), null);
  expect(login).toMatchObject({ server: "https://k8s.example:6443", ca: "CA", insecure: false });
  expect(await login.credentials()).toEqual({ token: "t", cert: null, key: null });
  await writeFile(join(folder, "token"), "first\n");
  const byFile = await kubeconfigLogin(await kubeconfig({ tokenFile: "token", "client-certificate-data": "Q0VSVA==", "client-key-data": "S0VZ" }), "prod");
  expect(await byFile.credentials()).toEqual({ token: "first", cert: "CERT", key: "KEY" });
  await writeFile(join(folder, "token"), "second\n");
  expect(await byFile.credentials()).toMatchObject({ token: "second" });
});

test("a credential plugin is asked again when what it gave ends", async () => {
  const plugin = join(folder, "plugin.sh");
  const ask = async (expires: string) => {
    await writeFile(plugin, `#!/bin/sh\necho asked >> "${join(folder, "asks")}"\necho '{"status":{"token":"'"$GIVEN"'","expirationTimestamp":"${expires}"}}'\n`);
    await chmod(plugin, 0o700);
    await writeFile(join(folder, "asks"), "");
    const login = await kubeconfigLogin(await kubeconfig({ exec: { apiVersion: "client.authentication.k8s.io/v1", command: plugin, env: [{ name: "GIVEN", value: "secret" }] } }), null);
    expect([await login.credentials(), await login.credentials()]).toMatchObject([{ token: "secret" }, { token: "secret" }]);
    return (await import("node:fs/promises")).readFile(join(folder, "asks"), "utf8");
  };
  expect(await ask("2100-01-01T00:00:00Z")).toBe("asked\n");
  expect(await ask("2000-01-01T00:00:00Z")).toBe("asked\nasked\n");
  const failing = await kubeconfigLogin(await kubeconfig({ exec: { apiVersion: "v1", command: join(folder, "absent") } }), null);
  await expect(failing.credentials()).rejects.toMatchObject({ code: "traffic_unavailable" });
});

test("a pod's token is read anew for every call", async () => {
  await writeFile(join(folder, "ca.crt"), "CA");
  await writeFile(join(folder, "token"), "one");
  const login = await podLogin({ KUBERNETES_SERVICE_HOST: "fd00::1", KUBERNETES_SERVICE_PORT: "6443" }, folder);
  expect([login.server, login.ca, (await login.credentials()).token]).toEqual(["https://[fd00::1]:6443", "CA", "one"]);
  await writeFile(join(folder, "token"), "two");
  expect((await login.credentials()).token).toBe("two");
  await expect(podLogin({})).rejects.toMatchObject({ code: "invalid_input", fix: expect.stringContaining("kubeconfig") });
});

test("what is wrong with a kubeconfig is said", async () => {
  await expect(kubeconfigLogin(join(folder, "nowhere"), null)).rejects.toMatchObject({ code: "invalid_input", message: expect.stringContaining("nowhere") });
  await expect(kubeconfigLogin(await kubeconfig({ token: "t" }), "test")).rejects.toMatchObject({ code: "invalid_input", fix: expect.stringContaining("prod") });
  await expect(kubeconfigLogin(await kubeconfig({ token: "t" }, { server: "http://k8s.example" }), null)).rejects.toMatchObject({ code: "invalid_input", fix: expect.stringContaining("TLS") });
});
