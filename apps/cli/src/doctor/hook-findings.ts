import type { Config } from "@gauntlet/server";

import type { Cli } from "../output/cli.ts";
import { time } from "../output/words.ts";
import { reading } from "../session/open-session.ts";
import { required, type Finding } from "./finding.ts";

/** One line for each hook: whether its name resolves to what may be told, and whether it hears. Nobody is told anything. */
export async function hookFindings(cli: Cli, config: Config): Promise<readonly Finding[]> {
  if (config.hooks.length === 0) return [];
  const { hookReach } = await import("@gauntlet/server");
  const told = await heard(cli, config);
  return Promise.all(
    config.hooks.map(async (hook): Promise<Finding> => {
      const what = `hook ${hook.name}`;
      const found = await required(what, () => hookReach(hook));
      const known = told.get(hook.name);
      if (found.status !== "ok" || known === undefined) return found;
      return { ...found, status: "warn", says: `${found.says}; ${known}`, fix: `see \`gauntlet hooks log --hook ${hook.name}\`; \`gauntlet hooks test ${hook.name}\` tries it` };
    }),
  );
}

/** Those that do not hear, by name; none where there are no data yet. */
async function heard(cli: Cli, config: Config): Promise<ReadonlyMap<string, string>> {
  const { hookListView, openHooks, systemClock } = await import("@gauntlet/server");
  try {
    const { hooks } = await reading(cli, (store) => hookListView({ store, hooks: openHooks(config), now: systemClock.now() }, { hook: null, status: null, event: null, limit: 1 }));
    return new Map(
      hooks.flatMap(({ name, disabled, failedInRow, last }): (readonly [string, string])[] => {
        if (disabled !== null) return [[name, `disabled since ${time(disabled.at)}: it ${disabled.detail}`]];
        return failedInRow === 0 ? [] : [[name, `not heard ${failedInRow} times in a row: ${last?.detail ?? ""}`]];
      }),
    );
  } catch {
    // The store has a line of its own.
    return new Map();
  }
}
