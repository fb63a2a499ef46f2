import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

/**
 * The folder of the built console, built by the first test that asks for these sources. Test files run side by side, so a
 * build appears under its name whole or not at all; of two at once the later is thrown away.
 */
export function builtConsole(): string {
  const cache = join(root, "node_modules/.cache");
  const dist = join(cache, `gauntlet-console-${digestOf(["apps/console", "packages/contract/src", "packages/core/src", "packages/client/src"])}`);
  if (existsSync(dist)) return dist;
  mkdirSync(cache, { recursive: true });
  const building = mkdtempSync(join(cache, "gauntlet-console-building-"));
  execFileSync(process.execPath, [join(root, "node_modules/vite/bin/vite.js"), "build", "--logLevel", "error", "--outDir", building, join(root, "apps/console")], { env: { ...process.env, NODE_ENV: "production" } });
  try {
    renameSync(building, dist);
  } catch (error) {
    rmSync(building, { recursive: true, force: true });
    if (!existsSync(dist)) throw error;
  }
  return dist;
}

function digestOf(folders: readonly string[]): string {
  const hash = createHash("sha256");
  const files = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !/(?:^|[\\/])(?:dist|node_modules|testing)(?:[\\/]|$)/.test(entry.parentPath.slice(root.length)) && !entry.name.endsWith(".test.ts") && !entry.name.endsWith(".tsbuildinfo"))
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  for (const file of [join(root, "package-lock.json"), ...files.toSorted()]) hash.update(file.slice(root.length)).update("\0").update(readFileSync(file));
  return hash.digest("hex").slice(0, 32);
}
