// Runs before `npm start`, `npm test` and the other scripts, on whatever Node ≥20 the machine has.
// It installs what is missing, says what it does, and costs a few milliseconds when nothing is.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const stampFile = join(root, "node_modules", ".gauntlet-setup.json");
const stamp = readStamp();

const major = Number(process.versions.node.split(".")[0]);
if (major < 20) fail(`Node ${process.versions.node} is too old. Install Node 20 or newer, then run the same command again.`);

const lock = digest([join(root, "package-lock.json")]);
if (stamp.lock !== lock || !existsSync(join(root, "node_modules", ".bin", "node"))) {
  say("installing dependencies, once …");
  // Not `npm ci`: it refuses a lock file that does not list the native binaries of every platform, and a mirror may not
  // have them all. The lock file pins what it lists, and `--no-save` leaves it as it is.
  run("npm", ["install", "--no-save", "--no-fund", "--no-audit", "--loglevel=error"]);
  writeStamp({ lock });
}

if (process.argv.includes("--console")) build("console", "apps/console", ["apps/console", "packages/contract/src", "packages/core/src"]);
if (process.argv.includes("--rps")) build("rps", "examples/rps/web", ["examples/rps/web", "examples/rps/src/features", "examples/rps/src/http", "examples/rps/src/rules"]);

/** A page's bundle, unless its sources are those of the last build. */
function build(name, folder, from) {
  const sources = digest(filesUnder(...from));
  if (stamp[name] === sources && existsSync(join(root, folder, "dist/index.html"))) return;
  say(`building ${folder}, once …`);
  run(join(root, "node_modules", ".bin", "node"), [join(root, "node_modules/vite/bin/vite.js"), "build", "--logLevel", "warn", join(root, folder)]);
  writeStamp({ lock, [name]: sources });
}

function filesUnder(...folders) {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !/(^|[\\/])(dist|node_modules)([\\/]|$)/.test(entry.parentPath.slice(root.length)) && !/\.(tsbuildinfo|test\.ts)$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name)),
  ).toSorted();
}

/** Size and content matter, times do not: a fresh clone of the same sources needs no second build. */
function digest(files) {
  const hash = createHash("sha256");
  for (const file of files) hash.update(file.slice(root.length)).update(String(statSync(file).size)).update(readFileSync(file));
  return hash.digest("hex");
}

function readStamp() {
  try {
    return JSON.parse(readFileSync(stampFile, "utf8"));
  } catch {
    return {};
  }
}

function writeStamp(values) {
  mkdirSync(dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, JSON.stringify(Object.assign(stamp, values)));
}

function run(command, args) {
  // Output goes to stderr: standard output belongs to the command the user asked for.
  const done = spawnSync(command, args, { cwd: root, stdio: ["ignore", 2, 2], shell: process.platform === "win32" });
  if (done.status !== 0) fail(`\`${command} ${args.join(" ")}\` ended with ${done.status ?? done.error?.message}. Mend what it says above, then run the same command again.`);
}

function say(text) {
  process.stderr.write(`gauntlet: ${text}\n`);
}

function fail(text) {
  say(text);
  process.exit(1);
}
