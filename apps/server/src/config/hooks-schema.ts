import { hookUrlProblem } from "@gauntlet/adapters";
import { z } from "zod";

const MONITOR_EVENTS = ["at_risk", "rollback_triggered", "rollback_completed", "regression"] as const;
const LEDGER_EVENTS = ["verdict_changed", "approval_wanted", "promoted", "rolled_back"] as const;

const events = z.array(z.enum([...MONITOR_EVENTS, ...LEDGER_EVENTS])).min(1);

const endpoint = {
  name: z.string().regex(/^[\w][\w.-]{0,99}$/, "1–100 letters, digits, '_', '-' and '.', the first a letter, a digit or '_'").describe("what it is called here; another for each"),
  url: z.string().min(1).describe("an https URL, or http on this machine; a secret, never shown again: best from a variable"),
  timeoutMs: z.union([z.number(), z.string().regex(/^\d+$/, "a whole number").transform(Number)]).pipe(z.number().int().min(1).max(300_000)).prefault(10_000).meta({ title: "whole milliseconds" }).describe("how long an attempt may take"),
  allowPrivate: z.boolean().default(false).describe("whether its address may be in a private network"),
};

interface Checked {
  readonly value: { readonly url: string; readonly allowPrivate: boolean };
  readonly issues: z.core.$ZodRawIssue[];
}

/** The text of the URL is a secret, so that the problem does not repeat it. */
function checkUrl({ value, issues }: Checked): void {
  const problem = hookUrlProblem(value.url, value.allowPrivate);
  if (problem !== null) issues.push({ code: "custom", path: ["url"], input: "", message: problem });
}

const simple = z
  .strictObject({
    kind: z.enum(["slack", "discord", "generic"]).describe("slack, discord: their incoming webhooks; generic: {message, level, source, event}"),
    ...endpoint,
    events: events
      .default(["at_risk", "rollback_triggered", "rollback_completed"])
      .describe("what it is told. Of monitors: at_risk, once before a rollback comes near; rollback_triggered; rollback_completed; regression, at every check that shows one. Of the ledger: verdict_changed; approval_wanted; promoted and rolled_back, when all was read back"),
  })
  .check(checkUrl)
  .describe("A message for people, or for a program of your own.");

const webhook = z
  .strictObject({
    kind: z.literal("webhook"),
    ...endpoint,
    events: events.default([...LEDGER_EVENTS]).describe("what it is told: as of the others"),
    format: z.enum(["plain", "cloudevents", "cdevents"]).default("plain").describe("plain: {type, timestamp, data}; cloudevents: CloudEvents 1.0, structured; cdevents: CDEvents 0.4, in CloudEvents"),
    environment: z.string().min(1).max(200).default("production").describe("where promoted versions serve, as cdevents name it"),
    secrets: z
      .array(z.string().regex(/^whsec_(?:[A-Za-z0-9+/]{4}){8,21}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/, "whsec_ and 24 to 64 bytes in base64, as `openssl rand -base64 24` gives them"))
      .min(1)
      .max(2)
      .describe("each signs every message; two while the other end goes from one to the next. Best from variables"),
  })
  .check(checkUrl)
  .describe("Signed, by Standard Webhooks.");

/** `hooks:` of gauntlet.yaml: who is told what happens. */
export const hooksFile = z.array(z.discriminatedUnion("kind", [simple, webhook])).refine((all) => new Set(all.map(({ name }) => name)).size === all.length, { error: "two hooks have one name" });
