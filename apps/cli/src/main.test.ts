import { RULES, sealEntry, type LedgerEntry } from "@gauntlet/core";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";

import { newFolder, POLICY, prepareModel, runCli, spawnCli } from "./testing/run-cli.ts";
import { runHere } from "./testing/run-here.ts";

describe("without data", () => {
  const folder = newFolder();

  test.each([[["status"]], [["plan", "fraud"]], [["ledger", "verify"]], [["replay", "--all"]], [["explain", "fraud"]]])("%j says so on standard error and ends with 1", async (args) => {
    const ran = await runHere(folder, args);
    expect([ran.code, ran.out]).toEqual([1, ""]);
    expect(ran.err).toMatch(/there is no Gauntlet data in .*\.gauntlet/);
    expect(ran.err).toMatch(/→ .*gauntlet up/);
  });

  test.each([[[]], [["nonsense"]], [["status", "--wach"]], [["promote"]], [["rollback", "fraud"]], [["replay"]], [["up", "--port", "x"]], [["token", "create", "a", "--role", "root"]]])("%j is a mistake of usage: 2", async (args) => {
    expect((await runHere(folder, args)).code).toBe(2);
  });

  test("the program itself ends with what its command line came to", async () => {
    expect([(await runCli(folder, ["nonsense"])).code, (await runCli(folder, ["--version"])).out]).toEqual([2, "0.1.0\n"]);
  });

  test("an error is JSON when JSON was asked for", async () => {
    const ran = await runCli(folder, ["status", "--json"]);
    expect([ran.code, ran.out]).toEqual([1, ""]);
    expect(JSON.parse(ran.err)).toMatchObject({ error: { code: "not_found" } });
  });

  test("config validate names every problem with its line", async () => {
    mkdirSync(join(folder, "policies"));
    writeFileSync(join(folder, "policies", "good.yaml"), POLICY);
    expect(await runHere(folder, ["config", "validate"])).toMatchObject({ code: 0, out: "policies/good.yaml: valid policy\n" });
    writeFileSync(join(folder, "policies", "bad.yaml"), POLICY.replace("minSamples", "minSample").replace("20%", "30%"));
    writeFileSync(join(folder, "gauntlet.yaml"), "tick: { evryMs: 5 }\n");
    const ran = await runHere(folder, ["config", "validate"]);
    expect(ran.code).toBe(1);
    expect(ran.out).toContain('/minSample line 8: unknown key "minSample"; did you mean "minSamples"?');
    expect(ran.out).toContain('/tick/evryMs line 1: unknown key "evryMs"; did you mean "everyMs"?');
    expect(ran.out).toContain("policies/good.yaml: valid policy");
    const doctor = await runHere(folder, ["doctor"]);
    expect([doctor.code, /fail {2}configuration: .*evryMs/.test(doctor.out)]).toEqual([1, true]);
  });
});

/** One story on one data directory, in order. */
describe("with data and no server", () => {
  const folder = newFolder();
  beforeAll(async () => {
    await prepareModel(folder, "fraud");
    writeFileSync(join(folder, "policy.yaml"), POLICY);
  });

  test("plan shows what a start would do; apply without somebody to ask does nothing", async () => {
    const shown = await runCli(folder, ["plan", "policy.yaml", "--challenger", "2"]);
    expect([shown.code, shown.err]).toEqual([0, ""]);
    expect(shown.out).toMatch(/SLOT +VERSION +NOW +THEN\nchampion +1 +100 % +80 %\nchallenger +2 +0 % +20 %\n20\.00 % of the units move/);
    expect(shown.out).toContain("1. alias challenger → version 2");
    const asked = await runHere(folder, ["apply", "policy.yaml", "--challenger", "2"]);
    expect([asked.code, asked.out]).toEqual([1, ""]);
    expect(asked.err).toContain("add --yes");
    expect((await runHere(folder, ["status", "--json"])).json.models).toEqual([]);
    expect((await runHere(folder, ["plan", "fraud"])).err).toContain("fraud has no rollout");
    expect((await runHere(folder, ["plan", "policy.yaml"])).err).toContain("there is no --challenger");
  });

  test("start opens the split; status shows it", async () => {
    const started = await runHere(folder, ["start", "policy.yaml", "--challenger", "2", "--by", "ann", "--json"]);
    expect([started.code, started.err]).toEqual([0, ""]);
    expect(started.json).toMatchObject({ model: "fraud", seq: 1 });
    expect((await runHere(folder, ["doctor", "--json"])).json.findings.at(-1)).toMatchObject({ what: "evidence of fraud", status: "warn", says: expect.stringContaining("not judged yet") });
    const status = await runHere(folder, ["status", "--json"]);
    expect(status.json.models[0]).toMatchObject({ model: "fraud", status: "running", champion: "1", challenger: "2", challengerShare: 2000, applying: false });
    const text = await runHere(folder, ["status"]);
    expect(text.out).toMatch(/fraud +fraud-1 +running .* unknown/);
    expect(text.out).not.toContain("\u001b[");
    expect((await runHere(folder, ["start", "policy.yaml", "--challenger", "2"])).code).toBe(1);
  });

  test("promote decides, and ends with 3 since it is too early", async () => {
    const ran = await runHere(folder, ["promote", "fraud", "--json"]);
    expect([ran.code, ran.json.verdict]).toEqual([3, "hold"]);
    expect((await runHere(folder, ["doctor"])).out).toMatch(/^ok +evidence of fraud: nothing amiss; nothing to compute label-coverage from yet, as of 20/m);
    expect((await runHere(folder, ["promote", "nobody"])).code).toBe(1);
    expect((await runHere(folder, ["promote", "fraud", "--force"])).err).toMatch(/needs a reason/);
  });

  test("explain says the verdict, the checks and what would change it", async () => {
    const text = await runHere(folder, ["explain", "fraud"]);
    expect(text.code).toBe(0);
    expect(text.out).toMatch(/^hold \(min_duration\)\n.*stays while version 2 is tested/);
    expect(text.out).toContain("recall-superiority");
    const json = await runHere(folder, ["explain", "fraud", "--json"]);
    expect((await runHere(folder, ["explain", json.json.id, "--document", "md"])).out).toContain(json.json.id);
    expect((await runHere(folder, ["explain", "d-unknown"])).err).toMatch(/no decision is called d-unknown/);
  });

  test("hold, resume, promotion by force and rollback are each one entry with a name and a reason", async () => {
    expect(await runHere(folder, ["hold", "fraud", "--reason", "holiday", "--by", "ann"])).toMatchObject({ code: 0 });
    expect(await runHere(folder, ["resume", "fraud", "--reason", "back", "--by", "ann"])).toMatchObject({ code: 0 });
    const forced = await runHere(folder, ["promote", "fraud", "--force", "--reason", "the board wants it", "--by", "bob", "--json"]);
    expect([forced.code, forced.json.verdict, forced.json.status, forced.json.challengerShare]).toEqual([0, "promote", "promoted", 10_000]);
    expect((await runHere(folder, ["status"])).out).toMatch(/^fraud: version 1 serves nothing since 20.*: what answers for it can be scaled to 0\. A rollback goes back to it, and waits until it is up again where it was scaled down\.$/m);
    expect(await runHere(folder, ["rollback", "fraud", "--reason", "the board was wrong", "--by", "ann"])).toMatchObject({ code: 0 });
    expect((await runHere(folder, ["status", "--json"])).json.models[0]).toMatchObject({ status: "rolled_back", challengerShare: 0 });
    const list = await runHere(folder, ["ledger", "list", "fraud"]);
    for (const line of ["hold by ann: holiday", "resume by ann: back", "request promote by bob: the board wants it", "request rollback by ann: the board was wrong"]) expect(list.out).toContain(line);
    expect((await runHere(folder, ["reject", "fraud", "--reason", "x"])).code).toBe(1);
    expect((await runHere(folder, ["approve", "fraud"])).code).toBe(1);
  });

  test("the ledger verifies and every decision comes out the same again", async () => {
    const verified = await runHere(folder, ["ledger", "verify", "--json"]);
    expect([verified.code, verified.json.status]).toEqual([0, "verified"]);
    expect(verified.json.entries).toBeGreaterThan(20);
    const text = await runHere(folder, ["ledger", "verify"]);
    expect(text.out).toBe(`verified: ${verified.json.entries} entries in 2 chains\n`);
    const replayed = await runHere(folder, ["replay", "--all", "--json"]);
    expect([replayed.code, replayed.json.different]).toEqual([0, []]);
    expect(replayed.json.same).toBe(replayed.json.decisions);
    expect(replayed.json.decisions).toBeGreaterThan(2);
  });

  test("I38: replay says by which rules was decided: older ones are equal in substance, newer ones are not derived", async () => {
    const golden = readFileSync(new URL("../../../packages/core/src/replay/golden/rules-1.ndjson", import.meta.url), "utf8");
    writeFileSync(join(folder, "older.ndjson"), golden);
    expect((await runHere(folder, ["ledger", "import", "older.ndjson", "--data", "older"])).code).toBe(0);
    const older = await runHere(folder, ["replay", "--all", "--data", "older"]);
    const count = golden.trimEnd().split("\n").length;
    expect([older.code, older.out]).toEqual([0, expect.stringMatching(new RegExp(`^${count} decisions by rules ${RULES}: 0 the same, ${count} of older rules equal in substance, 0 different\\n  golden entry 1 d-[0-9a-f]{24}: decided by rules 1, derived again by rules ${RULES}: equal in substance`)) as string]);
    const { chain, at, event } = JSON.parse(golden.slice(0, golden.indexOf("\n"))) as LedgerEntry;
    if (event.kind !== "decision") throw new Error("no decision");
    writeFileSync(join(folder, "newer.ndjson"), JSON.stringify(sealEntry(null, { chain, at, event: { ...event, decision: { ...event.decision, rules: RULES + 1 } } })));
    expect((await runHere(folder, ["ledger", "import", "newer.ndjson", "--data", "newer"])).code).toBe(0);
    const newer = await runHere(folder, ["replay", "--all", "--data", "newer"]);
    expect([newer.code, newer.out]).toEqual([1, expect.stringContaining(`decided by rules ${RULES + 1}, which this program does not know (it has rules ${RULES})`) as string]);
    expect(newer.out).toContain("0 different, 1 of newer rules not derived");
    expect((await runHere(folder, ["ledger", "verify", "--data", "newer"])).code).toBe(0);
  });

  test("an export goes into another directory whole, and not at all when a byte is wrong", async () => {
    expect((await runHere(folder, ["ledger", "export", "--out", "ledger.ndjson"])).code).toBe(0);
    const exported = await runCli(folder, ["ledger", "export"]);
    expect(exported.out).toBe(readFileSync(join(folder, "ledger.ndjson"), "utf8"));
    writeFileSync(join(folder, "bad.ndjson"), exported.out.replace("holiday", "Holiday"));
    const refused = await runHere(folder, ["ledger", "import", "bad.ndjson", "--data", "other"]);
    expect(refused.code).toBe(1);
    expect(refused.err).toMatch(/line \d+: entry \d+ of fraud: its content does not match its hash/);
    expect((await runHere(folder, ["ledger", "list", "--data", "other", "--json"])).json.chains).toEqual([]);
    const imported = await runHere(folder, ["ledger", "import", "ledger.ndjson", "--data", "other", "--json"]);
    expect([imported.code, imported.json.known]).toEqual([0, 0]);
    expect(await runHere(folder, ["replay", "--all", "--data", "other"])).toMatchObject({ code: 0 });
    expect(await runHere(folder, ["ledger", "verify"], { GAUNTLET_DATA: "other" })).toMatchObject({ code: 0 });
  });
});

test("a running server has the data: others read beside it, and change it through it alone, with a token", async () => {
  const folder = newFolder();
  await prepareModel(folder, "fraud");
  writeFileSync(join(folder, "policy.yaml"), POLICY);
  const up = spawnCli(folder, ["up", "--port", "0", "--json"]);
  let err = "";
  up.stderr?.on("data", (chunk: Buffer) => (err += chunk.toString()));
  try {
    const [line] = (await once(up.stdout as NodeJS.ReadableStream, "data")) as [Buffer];
    const { url, pid } = JSON.parse(line.toString()) as { url: string; pid: number };
    expect(pid).toBe(up.pid);
    const token = /shown this once: (\S+)/.exec(err)?.[1] ?? "";
    expect(token).toMatch(/^gauntlet_/);

    const refused = await runHere(folder, ["start", "policy.yaml", "--challenger", "2"]);
    expect([refused.code, refused.out]).toEqual([1, ""]);
    expect(refused.err).toMatch(/needs a token[\s\S]*GAUNTLET_TOKEN/);
    const started = await runHere(folder, ["start", "policy.yaml", "--challenger", "2"], { GAUNTLET_TOKEN: token });
    expect([started.code, started.err]).toEqual([0, ""]);
    expect((await runHere(folder, ["status", "--json"])).json.models[0]).toMatchObject({ model: "fraud", challengerShare: 2000 });
    expect((await runCli(folder, ["promote", "fraud", "--token", token])).code).toBe(3);

    const made = await runHere(folder, ["token", "create", "on call", "--role", "operator", "--token", token]);
    expect(made.code).toBe(0);
    expect(made.out).toMatch(/^gauntlet_\S+\n$/);
    expect(await runHere(folder, ["rollback", "fraud", "--reason", "pager"], { GAUNTLET_TOKEN: made.out.trim() })).toMatchObject({ code: 0 });
    expect((await runHere(folder, ["ledger", "list", "fraud"])).out).toContain("request rollback by on call: pager");
    expect((await runHere(folder, ["token", "revoke", "on call", "--token", token])).code).toBe(0);
    expect((await runHere(folder, ["hold", "fraud", "--reason", "x"], { GAUNTLET_TOKEN: made.out.trim() })).err).toMatch(/not known, or was revoked/);
    expect((await runHere(folder, ["ledger", "import", "policy.yaml", "--token", token])).err).toMatch(/uses this data directory/);
    const doctor = await runHere(folder, ["doctor", "--json"]);
    expect(doctor.json.findings.map((finding: { what: string; status: string }) => `${finding.what} ${finding.status}`)).toEqual(["runtime ok", "configuration ok", "store ok", "ledger ok", "server ok", "registry ok"]);
    const second = await runCli(folder, ["up", "--port", "0"]);
    expect([second.code, second.err.includes(url)]).toEqual([1, true]);
  } finally {
    up.kill("SIGTERM");
  }
  const [code] = (await once(up, "close")) as [number | null];
  expect(code).toBe(0);
  expect(await runHere(folder, ["token", "list", "--json"])).toMatchObject({ code: 0, json: { tokens: [{ name: "first operator", revokedAt: null }, { name: "on call" }] } });
  expect(await runHere(folder, ["ledger", "verify"])).toMatchObject({ code: 0 });
});
