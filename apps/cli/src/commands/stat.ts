import { Failure, randomStream, statisticNamed, STATISTICS, type Json, type JsonObject, type StatisticEntry } from "@gauntlet/core";
import type { Command } from "commander";
import { createInterface } from "node:readline";

import type { Launch } from "../launch.ts";
import { EXIT, show, type Cli } from "../output/cli.ts";
import { table } from "../output/table.ts";

interface StatOptions {
  readonly input?: string;
  readonly list?: boolean;
}

export function registerStat(program: Command, launch: Launch): void {
  program
    .command("stat")
    .description("Compute a statistic: one JSON input a line from standard input, one result a line, in order; exits 1 when a line was wrong")
    .argument("[test]", "which; `gauntlet stat --list` names them")
    .option("--input <json>", "one input, instead of standard input")
    .option("--list", "the statistics with their inputs; with a name only that one")
    .action((test: string | undefined, options: StatOptions, command: Command) => launch(command, (cli) => stat(cli, test, options)));
}

async function stat(cli: Cli, test: string | undefined, { input, list }: StatOptions): Promise<number> {
  if (list === true) return listed(cli, test);
  if (test === undefined) throw new Failure("invalid_input", "there is no statistic without a name", { fix: "gauntlet stat --list names them all" });
  const statistic = statisticNamed(test);
  if (input !== undefined) {
    cli.out(JSON.stringify(statistic.run(parsed(input), randomOf)));
    return EXIT.ok;
  }
  let wrong = 0;
  let line = 0;
  let waiting: string[] = [];
  for await (const text of createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })) {
    line++;
    if (text.trim() === "") continue;
    const result = resultOf(statistic, text, line);
    if ("error" in result) wrong++;
    waiting.push(JSON.stringify(result));
    if (waiting.length >= LINES_TOGETHER) {
      cli.out(waiting.join("\n"));
      waiting = [];
    }
  }
  if (waiting.length > 0) cli.out(waiting.join("\n"));
  if (wrong > 0) cli.note(`gauntlet: ${wrong} of ${line} lines could not be computed; their results say why`);
  return wrong > 0 ? EXIT.failure : EXIT.ok;
}

const LINES_TOGETHER = 500;

/** A line that is wrong must not end the others. */
function resultOf(statistic: StatisticEntry, text: string, line: number): JsonObject {
  try {
    return statistic.run(parsed(text), randomOf);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const { code, message, fix } = error;
    return { error: { code, message, fix }, line };
  }
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (cause) {
    throw new Failure("invalid_input", `no JSON: ${cause instanceof Error ? cause.message : String(cause)}`, { fix: "give one JSON object on one line", cause });
  }
}

function randomOf(seed: number): () => number {
  return randomStream(seed, 0);
}

function listed(cli: Cli, test: string | undefined): number {
  const chosen: Readonly<Record<string, StatisticEntry>> = test === undefined ? STATISTICS : { [test]: statisticNamed(test) };
  const data = Object.entries(chosen).map(([name, { summary, guarantee, source, input }]) => ({ name, summary, guarantee, source, input }));
  if (cli.json) for (const one of data) cli.out(JSON.stringify(one));
  else if (test === undefined) cli.out(table(["statistic", "guarantee", "what it is"], data.map(({ name, guarantee, summary }) => [name, guarantee, summary])));
  else show(cli, data, () => data.map(textOf).join("\n"));
  return EXIT.ok;
}

function textOf({ name, summary, guarantee, source, input }: Omit<StatisticEntry, "run"> & { readonly name: string }): string {
  const fields = Object.entries(input).map(([field, says]) => `  ${field}: ${says}`);
  return [`${name} (${guarantee}): ${summary}`, `source: ${source}`, "input:", ...fields].join("\n");
}
