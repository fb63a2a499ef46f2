import { gauntlet } from "@gauntlet/client";
import type { VerdictReport } from "@gauntlet/contract";
import { Failure } from "@gauntlet/core";
import { InvalidArgumentError, type Command } from "commander";

import type { Launch } from "../launch.ts";
import { EXIT, show, type Cli } from "../output/cli.ts";
import { configOf, reading } from "../session/open-session.ts";
import { runningServer } from "../session/changing.ts";

interface VerdictOptions {
  readonly challenger?: string;
  readonly wait?: true;
  readonly timeout: number;
  readonly url?: string;
}

const POLL_MS = 1000;

export function registerVerdict(program: Command, launch: Launch): void {
  program
    .command("verdict")
    .description("Where the newest rollout of a model stands, as an exit code: 0 promoted, 3 not promoted or not decided yet")
    .argument("<model>")
    .option("--challenger <version>", "the version it must be about; another is an error")
    .option("--url <url>", "of the server to ask, where its data directory is on another machine; the token is one of the role viewer")
    .option("--wait", "until it is over; a server that is away is asked again")
    .option("--timeout <duration>", "with --wait, how long: 90s, 30m, 12h, 14d", parseDuration, Number.POSITIVE_INFINITY)
    .action((model: string, options: VerdictOptions, command: Command) => launch(command, (cli) => verdict(cli, model, options)));
}

const UNITS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

function parseDuration(text: string): number {
  const [, figure, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  if (figure === undefined) throw new InvalidArgumentError("a duration is a whole number and s, m, h or d, such as 30m");
  return Number(figure) * UNITS[unit as keyof typeof UNITS];
}

async function verdict(cli: Cli, model: string, options: VerdictOptions): Promise<number> {
  const until = performance.now() + options.timeout;
  const waits = (): boolean => options.wait === true && performance.now() < until;
  for (let told = ""; ; ) {
    const report = await readVerdict(cli, model, options).catch((error: unknown) => {
      if (error instanceof Failure && error.retryable && waits()) return error;
      throw error;
    });
    if (!(report instanceof Failure) && (report.outcome !== "running" || !waits())) {
      show(cli, report, () => reportText(report));
      return report.outcome === "promoted" ? EXIT.ok : EXIT.notPromoted;
    }
    const text = report instanceof Failure ? report.message : reportText(report);
    if (text !== told) cli.note(text);
    told = text;
    await new Promise((resolve) => {
      setTimeout(resolve, Math.min(POLL_MS, Math.max(0, until - performance.now())));
    });
  }
}

/** A server is asked wherever one runs; without one, the data directory is read. */
async function readVerdict(cli: Cli, model: string, { challenger, url }: VerdictOptions): Promise<VerdictReport> {
  const client = url === undefined ? await runningServer(cli, await configOf(cli)) : gauntlet({ url, token: cli.options.token ?? cli.environment["GAUNTLET_TOKEN"] ?? null });
  if (client !== null) return client.decisions.verdict(model, challenger);
  const { verdictView } = await import("@gauntlet/server");
  return reading(cli, (store) => verdictView(store, model, challenger ?? null));
}

function reportText({ model, rollout, challenger, outcome, verdict: newest, reason, sentence }: VerdictReport): string {
  const decided = newest === null ? "nothing is decided yet" : `${newest} (${reason ?? ""}). ${sentence ?? ""}`;
  return `${model} version ${challenger}, ${rollout}: ${outcome}; ${decided}`;
}
