import { hookUrlProblem } from "@gauntlet/adapters";
import { z } from "zod";

const EVENTS = ["at_risk", "rollback_triggered", "rollback_completed", "regression"] as const;

const hook = z
  .strictObject({
    name: z.string().regex(/^[\w][\w.-]{0,99}$/, "1–100 letters, digits, '_', '-' and '.', the first a letter, a digit or '_'").describe("what it is called here; another for each"),
    kind: z.enum(["slack", "discord", "generic"]).describe("slack, discord: their incoming webhooks; generic: {message, level, source, event}"),
    url: z.string().min(1).describe("an https URL, or http on this machine; a secret, never shown again: best from a variable"),
    events: z
      .array(z.enum(EVENTS))
      .min(1)
      .default(["at_risk", "rollback_triggered", "rollback_completed"])
      .describe("what it is told: at_risk, once before a rollback comes near; rollback_triggered; rollback_completed; regression, at every check that shows one"),
    timeoutMs: z.union([z.number(), z.string().regex(/^\d+$/, "a whole number").transform(Number)]).pipe(z.number().int().min(1).max(300_000)).prefault(10_000).meta({ title: "whole milliseconds" }).describe("how long an attempt may take"),
    allowPrivate: z.boolean().default(false).describe("whether its address may be in a private network"),
  })
  .check(({ value, issues }) => {
    // The text of the URL is a secret, so that the problem does not repeat it.
    const problem = hookUrlProblem(value.url, value.allowPrivate);
    if (problem !== null) issues.push({ code: "custom", path: ["url"], input: "", message: problem });
  });

/** `hooks:` of gauntlet.yaml: who is told what monitors see. */
export const hooksFile = z.array(hook).refine((all) => new Set(all.map(({ name }) => name)).size === all.length, { error: "two hooks have one name" });
