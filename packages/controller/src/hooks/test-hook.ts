import { digestOf, Failure } from "@gauntlet/core";

import type { Delivery, NewDelivery } from "../ports/monitor-store.ts";
import { deliverHooks, type DeliveryWork } from "./deliver-hooks.ts";

/** Others that are due come first, so many times at most. */
const ROUNDS_MAX = 10;
const TESTS_LISTED_MAX = 1000;

/** Tells a hook a test event now, and gives the delivery as it stands then. @throws Failure `not_found` */
export async function testHook(work: DeliveryWork, name: string): Promise<Delivery> {
  const { store, clock, hooks } = work;
  if (!hooks.has(name)) throw new Failure("not_found", `the configuration has no hook "${name}"`, { fix: hooks.size === 0 ? "name one under hooks in gauntlet.yaml" : `name one of ${[...hooks.keys()].join(", ")}` });
  const at = clock.now();
  const subject = `hook:${name}`;
  const before = await store.deliveries.list(subject, TESTS_LISTED_MAX);
  // Every test is a new one, also within a millisecond.
  const id = `h-${digestOf([subject, at, before.length]).slice(0, 24)}`;
  const delivery: NewDelivery = { id, hook: name, event: { kind: "test", at, says: `A test of hook ${name}; nothing was decided.` } };
  await store.deliveries.add({ subject, at, deliveries: [delivery], mark: null });
  for (let round = 1; ; round++) {
    await deliverHooks(work);
    const told = (await store.deliveries.list(subject, TESTS_LISTED_MAX)).find((listed) => listed.id === id);
    if (told === undefined) throw new Failure("internal", `the test of hook "${name}" is not among what is to be told`);
    if (told.detail !== null || round === ROUNDS_MAX) return told;
  }
}
