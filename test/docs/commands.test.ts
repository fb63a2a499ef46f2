import { parsePolicy } from "@gauntlet/contract";
import { parseConfig } from "@gauntlet/server";
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { mailWorldData } from "../e2e/mail-world-data.ts";
import { openShell } from "./shell.ts";

/** Every command that the docs show is run here, page by page, on the data that the mail world leaves. */
const shell = await openShell();
const words: Record<string, string> = { "<model>": "spam-filter-ships", "<policy>": "examples/mail/policies/ships.yaml" };

beforeAll(async () => {
  const printed = mailWorldData(join(shell.folder, ".gauntlet"));
  words["<decision>"] = printed.runs[0]?.decisionId as string;
  words["<token>"] = (await shell.run("npx gauntlet token create docs --role operator")).stdout.trim();
}, 240_000);
afterAll(async () => {
  await shell.end();
  shell.remove();
}, 60_000);

const scripts = Object.keys((JSON.parse(readFileSync("package.json", "utf8")) as { readonly scripts: Record<string, string> }).scripts);
const pages = ["README.md", ...globSync("docs/**/*.md"), ...globSync("examples/*/README.md")].map((file) => ({ file, blocks: blocksOf(readFileSync(file, "utf8")) }));

test("the docs show commands", () => expect(pages.flatMap(({ blocks }) => blocks.flatMap(commandsOf)).length).toBeGreaterThan(40));

describe.each(pages.filter(({ blocks }) => blocks.some(({ kind }) => kind === "sh" || kind === "yaml")))("$file", ({ blocks }) => {
  afterAll(shell.end, 60_000);
  // A page that shows gauntlet.yaml means it for its own commands.
  beforeAll(() => {
    const config = blocks.find(({ text }) => text.startsWith("# gauntlet.yaml\n"));
    if (config !== undefined) writeFileSync(join(shell.folder, "gauntlet.yaml"), shell.mapped(config.text));
  });

  test.each(blocks.filter(({ kind }) => kind === "yaml"))("a file that is shown is valid: $text", ({ text }) => {
    if (/^(?:# gauntlet.yaml|sources:|streams:|hooks:|signing:|modelKeys:)/.test(text)) parseConfig(text, "the docs", { MLFLOW_TOKEN: "t", MLFLOW_WEBHOOK_SECRET: "0123456789abcdef", PROM_TOKEN: "t", DATABASE_URL: "postgresql://localhost/gauntlet" });
    else if (/^kind: (?:abtest|ramp|rating|slots)$/m.test(text)) parsePolicy(text, "the docs");
    else if (/^(?:health|monitor|artifact):/.test(text)) parsePolicy(`${readFileSync("docs/examples/fraud.yaml", "utf8")}\n${text}`, "the docs");
  });

  test.each(blocks.flatMap(commandsOf))("%s", async (command) => {
    const filled = Object.entries(words).reduce((text, [word, value]) => text.replaceAll(word, value), command);
    // What npm runs is run by other tests, each as its own script; here the name must be right.
    const npm = /^npm (?:run )?(\S+)/.exec(filled);
    if (npm !== null) {
      expect(scripts).toContain(npm[1]);
      return;
    }
    const done = await shell.run(filled);
    expect(done.status, done.stderr + done.stdout).toBe(0);
    if (!filled.startsWith("cp ")) expect(done.stdout + done.stderr).not.toBe("");
    const promised = PROMISED.find(([part]) => filled.includes(part));
    if (promised !== undefined) expect(done.stdout).toMatch(promised[1]);
    if (filled.startsWith("npx gauntlet token create ")) words["<token>"] = done.stdout.trim();
  }, 180_000);
});

/** What a page says of a command beside that it works. */
const PROMISED: readonly (readonly [string, RegExp])[] = [
  ["send-outcomes.mjs", /^outcomes: 50 accepted, 0 duplicates, 1 rejected\n {2}50: unknown_version[^\n]*\nthe same batch again: 50 accepted, 0 duplicates, 1 rejected[^]*\nlabels: 50 accepted, 0 duplicates, 0 rejected\n$/],
  ["send-events.mjs", /^experiment menu_exp: control, shorter_menu\n30 accepted, 1 rejected: 30 invalid_unit_id\nagain: the same ids\n$/],
  ["/api/v1/events", /^\{"event_id":"[0-9a-f-]{36}","status":"accepted"\}/],
  ["/v1/logs", /^\{\}\n$/],
  ["/v1/outcomes", /^\{"accepted":1,"duplicates":0,"rejected":\[\]\}/],
  ["/v1/labels", /^\{"accepted":1,"duplicates":0,"rejected":\[\]\}/],
  ["/v1/follow-ups", /^\{"accepted":1,"duplicates":0,"rejected":\[\]\}/],
  ["/v1/ratings/matches", /^\{"added":520,"skipped":0,"conflicts":0,"resolved":0,"participantsAdded":6,"rejected":0,"rejectedRows":\[\]\}/],
  ["/v1/ratings/configs/", /"participant":"depth-6"/],
  ["openfeature.mjs", /^user-1: \d+ \(champion, STATIC, epoch \d+\)\nuser-2: /],
  ["/ofrep/v1/evaluate/flags/menu_planner_exp", /^\{"key":"menu_planner_exp","value":\{"execution_strategy":"mlflow_model",[^]*"reason":"(?:STATIC|SPLIT)","variant":"(?:control|candidate_v2)"/],
  ["/ofrep/v1/evaluate/flags/", /^\{"key":"[^]*"reason":"STATIC","variant":"champion"/],
  ['"unit_id":"household-7"', /^\{"assignments":\[\{"experiment_id":"[^]*"skipped_experiments":\[\]\}/],
  ["/api/v1/assignments", /^\{"assignments":\[\],"skipped_experiments":\[\{"experiment_name":"planner_exp","reason":"not_found"\}\]\}/],
  ["/predict", /^200\n[^]*x-gauntlet-epoch: \d+\n[^]*"requestId":"payment-1"/],
  ["/v1/sources", /^\{"now":\d+,"sources":\[\{"name":"lake","kind":"duckdb"[^]*"status":"ok","freshAt":\d+/],
  ["docs/examples/client.ts", /^[^\n]+: \w+, version \d+ serves\n# [^\n]+\n1500 accepted, 0 rejected; sent again: the same answer\nrefused: policy_invalid, [1-9]\d* places named\n$/],
  ["training-loop.ts", /^(?:\d+ games: [^\n]+\n)+promoted: version 2 serves\nhex8_2p_\d+@2: holds\n$/],
  ["gauntlet doctor", /^ok {4}runtime: /],
  ["document verify", /^verified: decision\.md of decision [^]*is the text that was signed\n$/],
  ["ledger verify", /^verified: /],
  ["ledger import", /^\d+ entries imported, 0 were here already/],
];

interface Block {
  readonly kind: string;
  readonly text: string;
}

function blocksOf(page: string): readonly Block[] {
  return [...page.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, kind, text]) => ({ kind: kind as string, text: text as string }));
}

function commandsOf({ kind, text }: Block): readonly string[] {
  if (kind !== "sh") return [];
  return text
    .split("\n")
    .map((line) => line.replace(/\s+#.*$/, "").trim())
    .filter((line) => line !== "");
}
