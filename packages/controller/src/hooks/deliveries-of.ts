import { digestOf, type HookEvent, type HookEventKind } from "@gauntlet/core";

import type { NewDelivery } from "../ports/monitor-store.ts";

/** The hooks of the configuration, by name, and what each wants to be told. */
export type HookNames = readonly { readonly name: string; readonly events: readonly HookEventKind[] }[];

/** One for each event and each hook that wants it. The id follows from what is told, so that nothing is told twice. */
export function deliveriesOf(subject: string, events: readonly HookEvent[], hooks: HookNames): readonly NewDelivery[] {
  return events.flatMap((event) =>
    hooks.flatMap(({ name, events: wanted }) => (wanted.includes(event.kind) ? [{ id: `h-${digestOf([subject, name, event]).slice(0, 24)}`, hook: name, event }] : [])),
  );
}
