import { compose, parseConfig } from "@gauntlet/server";
import { createConnection } from "node:net";
import { copyFile, mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { userInfo } from "node:os";
import { join } from "node:path";

import type { Component, Context } from "../component.ts";
import { freePort, lastLines } from "../processes.ts";
import { installOpenSsh, type OpenSsh } from "../ssh/install.ts";

const BIN = join(import.meta.dirname, "../../../apps/cli/bin/gauntlet.mjs");
const MATCHES = 3000;
const EACH_ALONE = 50;
/** Of two ledgers of thousands of which a hundred differ, some of them other versions of one match. */
const BYTES_MAX = 20_000;

/** Two nodes that reconcile over OpenSSH's own server and client, with keys of their own; hosts that are not known are refused. */
export const component: Component = {
  name: "OpenSSH",
  required: true,
  async run(context) {
    const openssh = await installOpenSsh(context);
    if (openssh.kind === "missing") return { kind: "skipped", version: "", why: openssh.why };
    const folder = join(context.workDir, "sshd");
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const port = await startSshd(context, openssh, folder);
    const begin = Date.now() - 3_600_000;
    await Promise.all([["east", true], ["south", true], ["west", false]].map(([name, isFirst]) => fillNode(folder, { name: name as string, isFirst: isFirst === true, begin })));
    const sync = syncOver(context, folder, port);
    await refusals(sync, folder);
    const first = await sync([]);
    expectThat(first, { code: 0, error: null, equal: true, path: "sketch", matches_added: EACH_ALONE, matches_resolved: 1 });
    const bytes = (first.json["bytes_sent"] as number) + (first.json["bytes_received"] as number);
    if (bytes > BYTES_MAX) throw new Error(`${bytes} bytes for ${2 * EACH_ALONE} differences`);
    expectThat(await sync([]), { code: 0, equal: true, path: "equal", round_trips: 1, matches_added: 0 });
    const [east, west] = [await digestsOf(folder, "east"), await digestsOf(folder, "west")];
    if (east !== west || !east.includes("square8_2p")) throw new Error(`the digests differ: ${east} and ${west}`);
    await cutOff(sync, folder);
    return { kind: "passed", version: openssh.version, note: `two nodes of ${MATCHES} matches, ${2 * EACH_ALONE + 2} records apart, are equal after ${bytes} bytes in ${first.json["round_trips"] as number} round trips; a session whose far end was killed went on; unknown and changed host keys, unknown users' keys refused` };
  },
};

interface Ran {
  readonly code: number | null;
  readonly json: Readonly<Record<string, unknown>>;
}

interface Ends {
  readonly node?: string;
  readonly identity?: string;
  readonly known?: string;
  readonly program?: readonly string[];
}

type Sync = (more: readonly string[], ends?: Ends) => Promise<Ran>;

function syncOver(context: Context, folder: string, port: number): Sync {
  return async (more, { node = "east", identity = "client", known = "known_hosts", program = [process.execPath, BIN] } = {}) => {
    const args = [BIN, "--data", join(folder, node), "sync", "--host", "127.0.0.1", "--port", String(port), "--user", userInfo().username, "--identity-file", join(folder, identity), "--known-hosts", join(folder, known), "--remote-path", join(folder, "west"), "--json", ...more, "--remote-command", ...program];
    const { code, stdout, stderr } = await context.processes.run({ command: process.execPath, args, cwd: folder, env: { SSH_AUTH_SOCK: "", HOME: folder }, timeoutMs: 120_000 });
    if (!stdout.startsWith("{")) throw new Error(`gauntlet sync ended with ${code}\n${lastLines(stderr)}`);
    return { code, json: JSON.parse(stdout) as Ran["json"] };
  };
}

async function refusals(sync: Sync, folder: string): Promise<void> {
  await writeFile(join(folder, "known_nobody"), "");
  const changed = (await readFile(join(folder, "known_hosts"), "utf8")).replace(/ssh-ed25519 .*/, (await readFile(join(folder, "stranger.pub"), "utf8")).trim());
  await writeFile(join(folder, "known_another"), changed);
  for (const known of ["known_nobody", "known_another"]) refused(await sync([], { known }), /host key is not known/);
  refused(await sync([], { identity: "stranger" }), /lets us not in/);
  refused(await sync(["--remote-path", join(folder, "nowhere")]), /there is nothing at/);
}

/** The far end's first program is killed in the middle of an answer; the run begins another session and goes on. */
async function cutOff(sync: Sync, folder: string): Promise<void> {
  const script = `#!/bin/sh\nif [ -e ${folder}/was-cut ]; then exec ${process.execPath} ${BIN} "$@"; fi\ntouch ${folder}/was-cut\n${process.execPath} ${BIN} "$@" | { dd bs=1 count=${CUT_AT_BYTES} 2>/dev/null; kill -9 0; }\n`;
  await writeFile(join(folder, "cut.sh"), script);
  expectThat(await sync([], { node: "south", program: ["sh", join(folder, "cut.sh")] }), { code: 0, error: null, equal: true, matches_added: EACH_ALONE, matches_resolved: 1 });
  await stat(join(folder, "was-cut"));
}

/** Behind the greeting and the first answer, before the end of the second. */
const CUT_AT_BYTES = 3000;

function refused({ code, json }: Ran, why: RegExp): void {
  if (code !== 1 || !why.test(String(json["error"])) || json["matches_added"] !== 0) throw new Error(`${why} was expected, not ${code}: ${JSON.stringify(json)}`);
}

function expectThat({ code, json }: Ran, expected: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(expected)) {
    const is = name === "code" ? code : json[name];
    if (is !== value) throw new Error(`${name} is ${JSON.stringify(is)}, not ${JSON.stringify(value)}: ${JSON.stringify(json)}`);
  }
}

async function startSshd(context: Context, { sshd, env, lines }: OpenSsh & { readonly kind: "installed" }, folder: string): Promise<number> {
  for (const name of ["host", "client", "stranger"]) {
    const made = await context.processes.run({ command: "ssh-keygen", args: ["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", join(folder, name)], timeoutMs: 30_000 });
    if (made.code !== 0) throw new Error(`ssh-keygen ended with ${made.code}: ${lastLines(made.stderr)}`);
  }
  const port = await freePort();
  await copyFile(join(folder, "client.pub"), join(folder, "authorized_keys"));
  await writeFile(join(folder, "known_hosts"), `[127.0.0.1]:${port} ${(await readFile(join(folder, "host.pub"), "utf8")).trim()}\n`);
  const config = [
    `Port ${port}`,
    "ListenAddress 127.0.0.1",
    `HostKey ${join(folder, "host")}`,
    `PidFile ${join(folder, "sshd.pid")}`,
    `AuthorizedKeysFile ${join(folder, "authorized_keys")}`,
    "StrictModes no",
    "UsePAM no",
    "PasswordAuthentication no",
    "KbdInteractiveAuthentication no",
    "PermitRootLogin prohibit-password",
    ...lines,
  ];
  await writeFile(join(folder, "sshd_config"), `${config.join("\n")}\n`);
  await context.processes.start({ command: sshd, args: ["-D", "-e", "-f", join(folder, "sshd_config")], env, isReady: () => listens(port), readyMs: 20_000 });
  return port;
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: "127.0.0.1", port }, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => resolve(false));
  });
}

/** A data directory with matches, most of which the other has too; one of them in another version. */
async function fillNode(folder: string, { name, isFirst, begin }: { readonly name: string; readonly isFirst: boolean; readonly begin: number }): Promise<void> {
  await useLedger(folder, name, async (ledger) => {
    const rows = Array.from({ length: MATCHES }, (_, i) => i).filter((n) => n < MATCHES - 2 * EACH_ALONE || (n % 2 === 0) === isFirst);
    const report = await ledger.importMatches(rows.map((n) => ({ id: `game-${n}`, players: [`p${n % 17}`, `p${(n % 17) + 1}`], winner: `p${n % 17}`, board: n % 2 === 0 ? "square8" : "hex8", length: n === 7 && isFirst ? 41 : 40, at: begin + ((n * 7919) % MATCHES), origin: "lab" })));
    if (report.counters.added !== MATCHES - EACH_ALONE) throw new Error(`${name} was filled with ${JSON.stringify(report.counters)}`);
  });
}

/** Of each configuration: matches, conflicts and digest. */
async function digestsOf(folder: string, name: string): Promise<string> {
  return useLedger(folder, name, async (ledger) => JSON.stringify(ledger.configs()));
}

async function useLedger<T>(folder: string, name: string, work: (ledger: Awaited<ReturnType<Awaited<ReturnType<typeof compose>>["matches"]>>) => Promise<T>): Promise<T> {
  const composition = await compose({ ...parseConfig(`ratings: { node: ${name} }`, "test:real", {}), dataDir: join(folder, name) }, { holder: "test:real" });
  try {
    return await work(await composition.matches());
  } finally {
    await composition.close();
  }
}
