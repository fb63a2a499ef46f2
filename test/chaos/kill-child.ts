import { httpHook } from "@gauntlet/adapters";
import { deliverHooks, followLedger, type Controller } from "@gauntlet/controller";
import { readSync, writeSync } from "node:fs";

import { openPlace, tickUntilApplied } from "./kill-place.ts";
import { toldHook } from "./told-hook.ts";

/** What the parent orders: the instant, and the endpoint that is to be told what the ledger says; none: a tick. */
const [dataDir = "", now = "", endpoint = ""] = process.argv.slice(2);

let calls = 0;

const place = await openPlace(dataDir, Number(now));
const { store, clock } = place.controller;
if (endpoint === "") await tickUntilApplied(doomed(place.controller));
else {
  const hook = httpHook(toldHook(endpoint), clock);
  const deliveries = counted("deliveries", store.deliveries);
  await followLedger({ store: { ledger: store.ledger, deliveries }, clock, hooks: [hook] });
  await deliverHooks({ store: { deliveries }, clock, hooks: new Map([[hook.name, { ...hook, ...counted("hook", { tell: hook.tell }) }]]) });
}
await place.close();

function doomed(controller: Controller): Controller {
  return {
    ...controller,
    registry: counted("registry", controller.registry),
    artifacts: counted("artifacts", controller.artifacts),
    traffic: counted("traffic", controller.traffic),
    store: { ...controller.store, ledger: counted("ledger", controller.store.ledger), leases: counted("leases", controller.store.leases), evidence: counted("evidence", controller.store.evidence) },
  };
}

/** Every call of the port is a step boundary: the process may die right before it, and right after it was done. */
function counted<Port extends object>(name: string, port: Port): Port {
  const wrapped = Object.entries(port).map(([method, call]) => [
    method,
    async (...args: unknown[]) => {
      const number = ++calls;
      halt(`before ${number} ${name}.${method}`);
      const answer = await (call as (...given: unknown[]) => Promise<unknown>)(...args);
      halt(`after ${number} ${name}.${method}`);
      return answer;
    },
  ]);
  return Object.fromEntries(wrapped) as Port;
}

/** Says where it is and stands still, all of it, until the parent lets it go on, or kills it: nothing runs afterwards then, no handler, no flush, no `finally`. */
function halt(where: string): void {
  writeSync(1, `${where}\n`);
  readSync(0, Buffer.alloc(1));
}
