import type { Label } from "@gauntlet/core";
import type { Api, WorldClock } from "@gauntlet/example-shared";
import type { RunningServer } from "@gauntlet/server";

import type { Features } from "../features/hash-features.ts";
import { labelTime } from "../labels/label-delay.ts";
import type { Mail } from "../mails/mail.ts";
import type { OpenRun } from "./open-run.ts";

const HOUR_MS = 3_600_000;
const TICK_MS = 6 * HOUR_MS;
/** Labels and a last look may come this long after the last mail. */
const AFTERWARDS_MS = 60 * 24 * HOUR_MS;
const LABEL_SEED = 1;

export interface Stream {
  readonly mails: readonly { readonly mail: Mail; readonly features: Features }[];
  readonly startedAt: number;
}

export interface ReplayTools {
  readonly server: RunningServer;
  readonly api: Api;
  readonly clock: WorldClock;
  readonly progress: (text: string) => void;
}

/**
 * Lets the mails arrive in their own order and time, in every run at once. Every six hours of their time, outcomes and
 * the labels that have come are recorded and each open run is ticked. Ends when every run has ended.
 */
export async function replay(runs: readonly OpenRun[], stream: Stream, tools: ReplayTools): Promise<void> {
  const labels = labelsOf(stream);
  const open = new Set(runs);
  const end = (stream.mails.at(-1)?.mail.at ?? stream.startedAt) + AFTERWARDS_MS;
  let nextMail = 0;
  let nextLabel = 0;
  for (let tickAt = stream.startedAt + TICK_MS; open.size > 0 && tickAt <= end; tickAt += TICK_MS) {
    for (let item = stream.mails[nextMail]; item !== undefined && item.mail.at < tickAt; item = stream.mails[++nextMail]) {
      tools.clock.moveTo(item.mail.at);
      for (const run of open) await deliver(run, item);
    }
    tools.clock.moveTo(tickAt);
    const due = labels.slice(nextLabel, (nextLabel = firstAfter(labels, nextLabel, tickAt)));
    for (const run of open) {
      await run.gateway.drain();
      await sendLabels(run, due, tools.api);
      if (await isOver(run, tools)) open.delete(run);
    }
    tools.progress(barOf(nextMail, stream.mails.length));
  }
}

function barOf(done: number, of: number): string {
  const filled = Math.round((30 * done) / of);
  return `${"█".repeat(filled)}${"░".repeat(30 - filled)} ${done} of ${of} mails`;
}

async function deliver(run: OpenRun, { mail, features }: Stream["mails"][number]): Promise<void> {
  await run.gateway.handle({ requestId: mail.id, unit: mail.id, payload: features, at: mail.at });
  await run.gateway.onIdle();
}

type Truth = Omit<Label, "model">;

function labelsOf({ mails }: Stream): readonly Truth[] {
  const labels = mails.flatMap(({ mail }): Truth[] => {
    const labelledAt = labelTime(mail, LABEL_SEED);
    return labelledAt === null ? [] : [{ requestId: mail.id, revision: 1, truth: mail.spam, source: "reader", labelledAt: Math.round(labelledAt) }];
  });
  return labels.toSorted((a, b) => a.labelledAt - b.labelledAt);
}

function firstAfter(labels: readonly Truth[], from: number, at: number): number {
  let index = from;
  while (index < labels.length && (labels[index] as Truth).labelledAt <= at) index++;
  return index;
}

async function sendLabels(run: OpenRun, due: readonly Truth[], api: Api): Promise<void> {
  const labels = due.map((label) => ({ ...label, model: run.model }));
  const { rejected } = await api.outcomes.label(labels, { key: `labels:${run.model}:${labels[0]?.requestId ?? ""}` });
  if (rejected[0] !== undefined) throw new Error(`a label of ${run.model} was refused: ${rejected[0].detail}`);
}

/** A decision that ends the rollout is followed by its effects; the run is over when they are applied. */
async function isOver(run: OpenRun, { server, api }: ReplayTools): Promise<boolean> {
  await server.tick(run.model);
  const { summary } = await api.models.get(run.model);
  return summary.status !== "running" && !summary.applying;
}
