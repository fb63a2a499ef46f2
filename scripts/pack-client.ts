// Makes the folder that is published as @gauntlet/client: one file of JavaScript that imports nothing, for any runtime with
// fetch, and its types. Usage: node scripts/pack-client.ts <folder>; then `npm publish <folder>`, or `npm pack <folder>`.
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { build } from "vite";

const root = join(import.meta.dirname, "..");
/** What its types are made of, by name and entry. */
const ENTRIES: Readonly<Record<string, string>> = {
  "@gauntlet/contract": "contract/src/index.d.ts",
  "@gauntlet/core": "core/src/index.d.ts",
  "@gauntlet/core/failure": "core/src/failure/failure.d.ts",
};

const [given] = process.argv.slice(2);
if (given === undefined) {
  process.stderr.write("usage: node scripts/pack-client.ts <folder>\n");
  process.exit(2);
}
const folder = resolve(given);
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
await build({ root, configFile: false, logLevel: "warn", build: { lib: { entry: join(root, "packages/client/src/index.ts"), formats: ["es"], fileName: "index" }, outDir: folder, emptyOutDir: false, target: "es2022", minify: false } });
writeTypes();
writeFileSync(join(folder, "package.json"), `${JSON.stringify(manifest(), null, 2)}\n`);
cpSync(join(root, "docs/guides/client.md"), join(folder, "README.md"));
cpSync(join(root, "LICENSE"), join(folder, "LICENSE"));

function manifest(): unknown {
  const { name, version, license } = manifestOf("client");
  const { dependencies } = manifestOf("contract");
  return {
    name,
    version,
    license,
    description: "The HTTP API of Gauntlet, the model promotion controller",
    type: "module",
    engines: { node: ">=20" },
    exports: { ".": { types: "./types/client/src/index.d.ts", default: "./index.js" } },
    // Of its types alone.
    dependencies: { zod: dependencies?.["zod"] },
  };
}

function manifestOf(name: string): { readonly name: string; readonly version: string; readonly license: string; readonly dependencies?: Readonly<Record<string, string>> } {
  return JSON.parse(readFileSync(join(root, "packages", name, "package.json"), "utf8"));
}

/** Those that can be reached from the client's, with names of our packages made paths. */
function writeTypes(): void {
  const emitted = mkdtempSync(join(tmpdir(), "gauntlet-types-"));
  try {
    for (const name of ["client", "contract", "core"]) {
      // `npm run check` checks them.
      const flags = ["--noEmit", "false", "--noCheck", "--declaration", "--emitDeclarationOnly", "--rootDir", "packages", "--outDir", emitted];
      execFileSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", `packages/${name}`, ...flags], { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
    }
    const waiting = ["client/src/index.d.ts"];
    const written = new Set<string>();
    for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
      if (written.has(file)) continue;
      written.add(file);
      const from = dirname(file);
      const text = readFileSync(join(emitted, file), "utf8").replaceAll(/(from |import\()"([^"]+)"/g, (whole, before: string, specifier: string) => {
        const target = specifier.startsWith(".") ? join(from, specifier.replace(/\.ts$/, ".d.ts")) : ENTRIES[specifier];
        if (target === undefined) return whole;
        waiting.push(target);
        const path = relative(from, target).replaceAll("\\", "/").replace(/\.d\.ts$/, ".js");
        return `${before}"${path.startsWith(".") ? path : `./${path}`}"`;
      });
      mkdirSync(join(folder, "types", from), { recursive: true });
      writeFileSync(join(folder, "types", file), text);
    }
  } finally {
    rmSync(emitted, { recursive: true, force: true });
  }
}
