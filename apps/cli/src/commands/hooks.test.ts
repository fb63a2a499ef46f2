import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

import { newFolder, POLICY, prepareModel } from "../testing/run-cli.ts";
import { runHere } from "../testing/run-here.ts";

const folder = newFolder();
let status = 204;
let calls = 0;
const receiver = createServer((request, response) => {
  request.resume();
  request.on("end", () => {
    calls += 1;
    response.writeHead(status).end();
  });
});

beforeAll(async () => {
  await new Promise<void>((resolve) => void receiver.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/told`;
  writeFileSync(join(folder, "gauntlet.yaml"), `hooks: [{ name: ops, kind: webhook, url: "${url}", secrets: ["whsec_${"A".repeat(32)}"] }]\n`);
  writeFileSync(join(folder, "policy.yaml"), POLICY);
  await prepareModel(folder, "fraud");
});
afterAll(() => new Promise<void>((resolve) => void receiver.close(() => resolve())));

const run = (...args: readonly string[]) => runHere(folder, ["hooks", ...args]);

test("a test is heard or not, by its exit code", async () => {
  expect(await run("test", "ops")).toMatchObject({ code: 0, out: "ops: heard (answered 204)\n" });
  status = 410;
  expect(await run("test", "ops")).toMatchObject({ code: 1, out: "ops: not heard, failed (answered 410)\n" });
  expect(await run("test", "other")).toMatchObject({ code: 1, err: expect.stringContaining('no hook "other"') as string });
  status = 204;
});

test("doctor warns of one that did not hear, without telling it anything", async () => {
  const before = calls;
  const { json } = await runHere(folder, ["doctor", "--json"]);
  const { findings } = json as { readonly findings: readonly { readonly what: string }[] };
  expect(findings.find(({ what }) => what === "hook ops")).toMatchObject({ status: "warn", says: expect.stringMatching(/^is on this machine; disabled since .*: it answered 410$/) as string, fix: expect.stringContaining("gauntlet hooks test ops") as string });
  expect(calls).toBe(before);
});

test("the log shows what was told and which hooks are disabled; what failed can be told again", async () => {
  const { out } = await run("log");
  expect(out).toMatch(/^ops is disabled since .*: it answered 410; `gauntlet hooks test ops`/);
  const { json } = await runHere(folder, ["hooks", "log", "--hook", "ops", "--limit", "1", "--json"]);
  const [newest] = (json as { readonly deliveries: readonly { readonly id: string; readonly status: string }[] }).deliveries;
  expect(newest).toMatchObject({ event: "test", status: "failed" });
  for (const [filter, shown] of [["--status=delivered", 1], ["--event=promoted", 0]] as const) expect(((await runHere(folder, ["hooks", "log", filter, "--json"])).json as { readonly deliveries: readonly unknown[] }).deliveries).toHaveLength(shown);
  expect((await run("log", "--status", "lots")).code).toBe(2);
  expect(await run("replay", newest?.id ?? "")).toMatchObject({ code: 0, out: "test is told to ops again, by the server's next round\n" });
  const before = calls;
  expect((await run("test", "ops")).code).toBe(0);
  // The one that waited was told along with the new one.
  expect(calls).toBe(before + 2);
  expect((await run("log")).out).not.toContain("disabled");
  expect((await run("replay", "h-0")).code).toBe(1);
  expect((await run("log", "--limit", "0")).code).toBe(2);
});
