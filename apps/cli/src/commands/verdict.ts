import type { VerdictReport } from "@gauntlet/contract";
import { InvalidArgumentError, type Command } from "commander";

import type { Launch } from "../main.ts";
import { EXIT, show, type Cli } from "../output/cli.ts";
import { configOf, reading } from "../session/open-session.ts";
import { runningServer } from "../session/changing.ts";

interface VerdictOptions {
  readonly challenger?: string;
  readonly wait?: true;
  readonly timeout: number;
}

const POLL_MS = 2000;

export function registerVerdict(program: Command, launch: Launch): void {
  program
    .command("verdict")
    .description("Where the newest rollout of a model stands, as an exit code: 0 promoted, 3 not promoted or not decided yet")
    .argument("<model>")
    .option("--challenger <version>", "the version it must be about; another is an error")
    .option("--wait", "until it is over")
    .option("--timeout <duration>", "with --wait, how long: 90s, 30m, 12h, 14d", parseDuration, Number.POSITIVE_INFINITY)
    .action((model: string, options: VerdictOptions, command: Command) => launch(command, (cli) => verdict(cli, model, options)));
}

const UNITS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

function parseDuration(text: string): number {
  const [, figure, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  if (figure === undefined) throw new InvalidArgumentError("a duration is a whole number and s, m, h or d, such as 30m");
  return Number(figure) * UNITS[unit as keyof typeof UNITS];
}

async function verdict(cli: Cli, model: string, { challenger, wait, timeout }: VerdictOptions): Promise<number> {
  const until = performance.now() + timeout;
  for (let told = ""; ; ) {
    const report = await readVerdict(cli, model, challenger ?? null);
    if (report.outcome !== "running" || wait !== true || performance.now() >= until) {
      show(cli, report, () => reportText(report));
      return report.outcome === "promoted" ? EXIT.ok : EXIT.notPromoted;
    }
    const text = reportText(report);
    if (text !== told) cli.note(text);
    told = text;
    await new Promise((resolve) => {
      setTimeout(resolve, Math.min(POLL_MS, Math.max(0, until - performance.now())));
    });
  }
}

/** Beside a running server of another machine there is no data directory, and a server is asked; so it is wherever one runs. */
async function readVerdict(cli: Cli, model: string, challenger: string | null): Promise<VerdictReport> {
  const client = await runningServer(cli, await configOf(cli));
  if (client !== null) return client.decisions.verdict(model, challenger ?? undefined);
  const { verdictView } = await import("@gauntlet/server");
  return reading(cli, (store) => verdictView(store, model, challenger));
}

function reportText({ model, rollout, challenger, outcome, verdict: newest, reason, sentence }: VerdictReport): string {
  const decided = newest === null ? "nothing is decided yet" : `${newest} (${reason ?? ""}). ${sentence ?? ""}`;
  return `${model} version ${challenger}, ${rollout}: ${outcome}; ${decided}`;
}
