import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

/**
 * The folder of what is made of these sources, by the first test that asks for it. Test files run side by side, so it appears
 * under its name whole or not at all; of two at once the later is thrown away.
 */
export function builtOnce(name: string, sources: readonly string[], build: (folder: string) => void): string {
  const cache = join(root, "node_modules/.cache");
  const built = join(cache, `${name}-${digestOf(sources)}`);
  if (existsSync(built)) return built;
  mkdirSync(cache, { recursive: true });
  const building = mkdtempSync(join(cache, `${name}-building-`));
  build(building);
  try {
    renameSync(building, built);
  } catch (error) {
    rmSync(building, { recursive: true, force: true });
    if (!existsSync(built)) throw error;
  }
  return built;
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
