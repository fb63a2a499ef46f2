import type { HttpHookOptions } from "@gauntlet/adapters";

/** A signed webhook to an endpoint of this machine, which wants to know of promotions. */
export function toldHook(url: string): HttpHookOptions {
  return { name: "ops", kind: "webhook", format: "plain", secrets: [`whsec_${Buffer.alloc(24, 7).toString("base64")}`], environment: "production", url, events: ["promoted"], timeoutMs: 60_000, allowPrivate: false };
}
