import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { httpHook } from "@gauntlet/adapters";
import type { Delivery } from "@gauntlet/controller";
import type { HookEvent } from "@gauntlet/core";
import type { Component, Context } from "../component.ts";
import { buildCommand } from "../kubernetes/install.ts";
import { lastLines } from "../processes.ts";

const VERSION = "0.4.1";
const SDK = "github.com/cdevents/sdk-go";
const PROGRAM = join(import.meta.dirname, "../cdevents/read.go");

/** Every event that a hook is told as a CDEvent is read by CDEvents' own SDK, and holds by its schemas and its binding to CloudEvents. */
export const component: Component = {
  name: "CDEvents",
  required: true,
  async run(context) {
    const reader = await buildReader(context);
    if (reader.kind === "missing") return { kind: "skipped", version: VERSION, why: reader.why };
    const hook = httpHook({ name: "ops", kind: "webhook", format: "cdevents", environment: "production", secrets: [`whsec_${Buffer.alloc(24, 1).toString("base64")}`], url: "https://hooks.example.com/", events: [], timeoutMs: 1000, allowPrivate: false }, { now: () => 0 });
    const read = async (lines: readonly string[]): Promise<readonly string[]> => {
      const file = join(context.workDir, "cdevents.ndjson");
      await writeFile(file, `${lines.join("\n")}\n`);
      const { code, stdout, stderr } = await context.processes.run({ command: reader.command, args: [file], timeoutMs: 60_000 });
      if (code !== 0) throw new Error(`the reader ended with ${code}\n${lastLines(stderr)}`);
      return stdout.trimEnd().split("\n");
    };
    const told = EVENTS.map((event, at) => hook.message(deliveryOf(event, at)).body);
    assert.deepEqual(await read(told), WANTED);
    const refused = (await read([told[0]?.replace(`"environment":{"id":"production"},`, "") ?? "", told[0]?.replace(`"subject":"${MODEL}"`, '"subject":"fraud-1"') ?? ""])).join("\n");
    assert.match(refused, /^refused: jsonschema validation failed[^]*environment[^]*\nrefused: .*the binding wants/);
    return { kind: "passed", version: VERSION, note: `${told.length} kinds of events hold by the schemas and the binding to CloudEvents; two that don't are refused` };
  },
};

/** Built by what it says, so that a changed program is another command. */
async function buildReader(context: Context): ReturnType<typeof buildCommand> {
  const content = createHash("sha256").update(await readFile(PROGRAM)).digest("hex").slice(0, 12);
  const goMod = (original: string): string => `module cdevents-reader\n\n${/^go .*$/m.exec(original)?.[0] ?? "go 1.21"}\n\nrequire ${SDK} v${VERSION}\n`;
  return buildCommand(context, { name: "cdevents-reader", version: `${VERSION}-${content}`, module: `${SDK}@v${VERSION}`, goMod, args: [PROGRAM] });
}

const MODEL = "fraud & co/é";
const NOTICE = { model: MODEL, rollout: "fraud-1", decision: "d-1", verdict: "promote", reason: "all_checks_passed", champion: "1", challenger: "2", says: "It is better.", at: 1_767_225_600_000, entry: { seq: 7, hash: "f".repeat(64) } } as const;
const MONITORED = { model: MODEL, watched: "fraud-1", from: "2", to: "1", at: 1_767_225_600_123, mode: "rollback", says: "It became worse.", samples: 1000, change: null, share: null, response: null, withheld: null } as const;

const EVENTS: readonly HookEvent[] = [
  ...(["promoted", "rolled_back", "verdict_changed", "approval_wanted"] as const).map((kind) => ({ ...NOTICE, kind })),
  ...(["regression", "at_risk", "rollback_triggered", "rollback_completed"] as const).map((kind) => ({ ...MONITORED, kind })),
  { kind: "test", at: 1, says: "" },
];

const WANTED = [
  `dev.cdevents.service.upgraded.0.2.0 ${MODEL}`,
  `dev.cdevents.service.rolledback.0.2.0 ${MODEL}`,
  "dev.cdeventsx.gauntlet-promotion.decided.0.1.0 fraud-1",
  "dev.cdeventsx.gauntlet-promotion.approvalwanted.0.1.0 fraud-1",
  ...["regression", "atrisk", "rollbacktriggered", "rollbackcompleted"].map((said) => `dev.cdeventsx.gauntlet-monitor.${said}.0.1.0 fraud-1`),
  "dev.cdeventsx.gauntlet-hook.tested.0.1.0 test",
];

function deliveryOf(event: HookEvent, at: number): Delivery {
  return { id: `h-${String(at).padStart(24, "0")}`, hook: "ops", event, subject: "ledger:fraud", createdAt: 0, status: "pending", attempts: 1, nextAt: 1, detail: null, settledAt: null, tries: [] };
}
