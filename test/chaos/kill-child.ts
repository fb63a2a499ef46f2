import type { Controller } from "@gauntlet/controller";

import { openPlace, tickUntilApplied } from "./kill-place.ts";

/** What the parent orders: the instant, and the port call before or after which this process dies; 0: none. */
const [dataDir = "", now = "", callNumber = "", when = ""] = process.argv.slice(2);

let calls = 0;
const names: string[] = [];

const place = await openPlace(dataDir, Number(now));
await tickUntilApplied(doomed(place.controller));
await place.close();
process.stdout.write(JSON.stringify(names));

function doomed(controller: Controller): Controller {
  const { store } = controller;
  return {
    ...controller,
    registry: counted("registry", controller.registry),
    artifacts: counted("artifacts", controller.artifacts),
    traffic: counted("traffic", controller.traffic),
    store: { ...store, ledger: counted("ledger", store.ledger), leases: counted("leases", store.leases), evidence: counted("evidence", store.evidence) },
  };
}

/** Every call of the port is a step boundary: the process may die right before it, and right after it was done. */
function counted<Port extends object>(name: string, port: Port): Port {
  const wrapped = Object.entries(port).map(([method, call]) => [
    method,
    async (...args: unknown[]) => {
      calls += 1;
      names.push(`${name}.${method}`);
      const number = calls;
      if (number === Number(callNumber) && when === "before") await die();
      const answer = await (call as (...given: unknown[]) => Promise<unknown>)(...args);
      if (number === Number(callNumber) && when === "after") await die();
      return answer;
    },
  ]);
  return Object.fromEntries(wrapped) as Port;
}

/** Nothing runs afterwards: no handler, no flush, no `finally`. */
function die(): Promise<never> {
  process.kill(process.pid, "SIGKILL");
  return new Promise(() => {});
}
