import { hookDelivery, type HookDelivery, type HookList } from "@gauntlet/contract";
import { Failure } from "@gauntlet/core";
import { InvalidArgumentError, Option, type Command } from "commander";

import type { Launch } from "../launch.ts";
import { EXIT, show, type Cli } from "../output/cli.ts";
import { table } from "../output/table.ts";
import { time } from "../output/words.ts";
import { changing } from "../session/changing.ts";
import { configOf, reading } from "../session/open-session.ts";

export function registerHooks(program: Command, launch: Launch): void {
  const hooks = program.command("hooks").description("Who is told what happens, and what they were told");
  hooks
    .command("log")
    .description("What hooks were told, newest first, and what came of it")
    .option("--hook <name>", "only of this one")
    .addOption(new Option("--status <outcome>", "only of this outcome").choices(hookDelivery.shape.status.options))
    .addOption(new Option("--event <kind>", "only of this kind of event").choices(hookDelivery.shape.event.options))
    .option("--limit <n>", "so many", parseLimit, 50)
    .action((options: LogOptions, command: Command) => launch(command, (cli) => log(cli, options)));
  hooks
    .command("replay")
    .description("Tell a delivery again that was settled, with the same id")
    .argument("<delivery>", "its id, from the log")
    .action((id: string, _options: object, command: Command) => launch(command, (cli) => replay(cli, id)));
  hooks
    .command("test")
    .description("Tell a hook a test event now; exits 1 when it is not heard. One that was disabled is told again once it is")
    .argument("<hook>", "its name in gauntlet.yaml")
    .action((name: string, _options: object, command: Command) => launch(command, (cli) => test(cli, name)));
}

interface LogOptions {
  readonly hook?: string;
  readonly status?: HookDelivery["status"];
  readonly event?: HookDelivery["event"];
  readonly limit: number;
}

const LIMIT_MAX = 1000;

function parseLimit(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > LIMIT_MAX) throw new InvalidArgumentError(`a whole number from 1 to ${LIMIT_MAX}`);
  return value;
}

async function log(cli: Cli, { hook, status, event, limit }: LogOptions): Promise<number> {
  const { hookListView, openHooks, systemClock } = await import("@gauntlet/server");
  const hooks = openHooks(await configOf(cli));
  if (hook !== undefined && !hooks.has(hook)) throw new Failure("not_found", `the configuration has no hook "${hook}"`, { fix: "leave --hook out to see those of all" });
  const list = await reading(cli, (store) => hookListView({ store, hooks, now: systemClock.now() }, { hook: hook ?? null, status: status ?? null, event: event ?? null, limit }));
  show(cli, list, () => listText(list));
  return EXIT.ok;
}

function listText({ hooks, deliveries }: HookList): string {
  const disabled = hooks.flatMap((hook) => (hook.disabled === null ? [] : [`${hook.name} is disabled since ${time(hook.disabled.at)}: it ${hook.disabled.detail}; \`gauntlet hooks test ${hook.name}\` once it is there again`]));
  if (deliveries.length === 0) return [...disabled, hooks.length === 0 ? "There are no hooks. Name one under hooks in gauntlet.yaml." : "Nobody was told anything yet."].join("\n");
  return [...disabled, table(["AT", "HOOK", "EVENT", "STATUS", "ATTEMPTS", "ANSWER", "ID"], deliveries.map(row))].join("\n");
}

function row({ createdAt, hook, event, status, attempts, nextAt, detail, id }: HookDelivery): string[] {
  return [time(createdAt), hook, event, status, String(attempts), [detail ?? "–", ...(nextAt === null || attempts === 0 ? [] : [`next ${time(nextAt)}`])].join(", "), id];
}

async function replay(cli: Cli, id: string): Promise<number> {
  const delivery = await changing<HookDelivery>(cli, { command: "hooks replay", by: null }, {
    server: ({ hooks }) => hooks.replay(id),
    here: async ({ composition }) => {
      const { deliveryView } = await import("@gauntlet/server");
      return deliveryView(await composition.store.deliveries.replay(id, composition.controller.clock.now()));
    },
  });
  show(cli, delivery, () => `${delivery.event} is told to ${delivery.hook} again, by the server's next round`);
  return EXIT.ok;
}

async function test(cli: Cli, name: string): Promise<number> {
  const delivery = await changing<HookDelivery>(cli, { command: "hooks test", by: null }, {
    server: ({ hooks }) => hooks.test(name),
    here: async ({ composition }) => {
      const { deliveryView, testHook } = await import("@gauntlet/server");
      return deliveryView(await testHook({ store: composition.store, hooks: composition.hooks, clock: composition.controller.clock }, name));
    },
  });
  show(cli, delivery, () => `${name}: ${delivery.status === "delivered" ? "heard" : `not heard, ${delivery.status}`} (${delivery.detail ?? "not tried yet"})`);
  return delivery.status === "delivered" ? EXIT.ok : EXIT.failure;
}
