import { parseConfig, startServer } from "@gauntlet/server";
import assert from "node:assert/strict";
import { copyFile, mkdir, readFile, rename, symlink, writeFile } from "node:fs/promises";
import { stripTypeScriptTypes } from "node:module";
import { join } from "node:path";

import type { Component, Context } from "../component.ts";
import { lastLines } from "../processes.ts";

const ROOT = join(import.meta.dirname, "../../..");

/** The client as it is published: packed, type-checked in a program outside this repository, and run against a real server by every Node there is. */
export const component: Component = {
  name: "@gauntlet/client, packed",
  required: true,
  async run(context) {
    const app = join(context.workDir, "client-app");
    await install(context, app);
    await must(context, process.execPath, [join(ROOT, "node_modules/typescript/bin/tsc"), "--ignoreConfig", "--noEmit", "--strict", "--exactOptionalPropertyTypes", "--module", "nodenext", "--target", "es2022", "--lib", "es2024,dom,dom.iterable", "--types", "node", "--typeRoots", join(ROOT, "node_modules/@types"), join(app, "program.ts")]);
    const dataDir = join(context.workDir, "client-data");
    await mkdir(dataDir, { recursive: true });
    const server = await startServer({ ...parseConfig("listen: { port: 0 }", "test", {}), dataDir }, { log: () => undefined, loop: false });
    try {
      const versions: string[] = [];
      for (const node of await nodes(context)) {
        const said = JSON.parse(await must(context, node, [join(app, "program.js"), server.url ?? "", server.firstToken ?? ""])) as { readonly node: string };
        assert.deepEqual({ ...said, node: "" }, { node: "", added: 60, first: "a", models: 0, refused: "not_found" });
        versions.push(said.node);
      }
      const { name, version } = JSON.parse(await readFile(join(app, "node_modules/@gauntlet/client/package.json"), "utf8")) as { readonly name: string; readonly version: string };
      return { kind: "passed", version, note: `${name} with its types, under Node ${versions.join(" and ")}` };
    } finally {
      await server.close();
    }
  },
};

async function install(context: Context, app: string): Promise<void> {
  const packed = join(context.workDir, "packed");
  await must(context, process.execPath, [join(ROOT, "scripts/pack-client.ts"), packed]);
  await mkdir(join(app, "node_modules/@gauntlet"), { recursive: true });
  await rename(packed, join(app, "node_modules/@gauntlet/client"));
  // What its types need beside it.
  await symlink(join(ROOT, "node_modules/zod"), join(app, "node_modules/zod"));
  await writeFile(join(app, "package.json"), '{ "type": "module" }\n');
  const program = join(import.meta.dirname, "../client/program.ts");
  await copyFile(program, join(app, "program.ts"));
  await writeFile(join(app, "program.js"), stripTypeScriptTypes(await readFile(program, "utf8")));
}

/** This one, and those of the machine. */
async function nodes(context: Context): Promise<readonly string[]> {
  const { stdout } = await context.processes.run({ command: "sh", args: ["-c", "ls /usr/bin/node /usr/local/bin/node 2>/dev/null || true"], timeoutMs: 10_000 });
  return [process.execPath, ...stdout.split("\n").filter((line) => line !== "")];
}

async function must(context: Context, command: string, args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await context.processes.run({ command, args, timeoutMs: 120_000 });
  if (code !== 0) throw new Error(`${command} ${args.slice(0, 2).join(" ")} ended with ${code}\n${lastLines(stdout + stderr, 20)}`);
  return stdout;
}
