#!/usr/bin/env node
// Plain JavaScript, so that any Node can read it. Gauntlet runs its TypeScript as it is, which needs Node 24 or newer; an
// older one hands over to the Node that the workspace has installed.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import module from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const NEEDED = 24;
const main = join(dirname(fileURLToPath(import.meta.url)), "../src/main.ts");

if (Number(process.versions.node.split(".")[0]) >= NEEDED) {
  module.enableCompileCache?.();
  const { main: run } = await import(main);
  await run(process.argv);
} else {
  handOver();
}

function handOver() {
  const node = workspaceNode();
  if (node === null) {
    process.stderr.write(`gauntlet: Node ${NEEDED} or newer is needed; this is ${process.versions.node}. Run \`npm ci\` in the repository, which brings one, or install it.\n`);
    process.exitCode = 1;
    return;
  }
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: "inherit" });
  // A signal to the terminal's group reaches the child by itself; one to this process alone must be passed on.
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  process.on("SIGINT", () => undefined);
  child.on("exit", (code, signal) => {
    process.exitCode = code ?? (signal === "SIGINT" ? 130 : 1);
  });
}

/** The binary of the npm package `node`, in the nearest node_modules above this file. */
function workspaceNode() {
  const names = ["node_modules/node/bin/node", "node_modules/.bin/node"];
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const found = names.map((name) => join(folder, name)).find((path) => existsSync(path));
    if (found !== undefined) return found;
    if (folder === dirname(folder)) return null;
  }
}
