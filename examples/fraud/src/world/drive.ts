import type { Api, WorldClock } from "@gauntlet/example-shared";
import type { RunningServer } from "@gauntlet/server";

import { servingFiles } from "../analysis/serving-files.ts";
import { labelsOf, type Truth } from "../labels/labels-of.ts";
import type { Payment } from "../payments/payment.ts";
import type { OpenRun } from "./open-run.ts";
import { writeFiles } from "./register.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const TICK_MS = 6 * HOUR_MS;
/** The last look is after 28 days and 30 more for its labels. */
const DAYS_MAX = 62;
/** After which days what was served is logged for an analysis: before every day on which a decision can fall. */
const LOGGED_AFTER = new Set([1, 2, 3, 4, 5, 6, 7, 10, 14, 28, 43, 57]);

export interface DriveTools {
  readonly server: RunningServer;
  readonly api: Api;
  /** Signs with a name of its own. */
  readonly analyst: Api;
  readonly clock: WorldClock;
  readonly seed: number;
  readonly progress: (text: string) => void;
}

/** How long the tick took that ended a run: decided, effects applied, traffic moved. Of this machine, not of the world. */
export type Took = ReadonlyMap<string, number>;

/** What a run has seen. */
interface Going {
  readonly run: OpenRun;
  readonly payments: Payment[];
  readonly known: Map<string, boolean>;
  /** By the tick that comes after them, counted from the start. */
  readonly due: Map<number, Truth[]>;
}

/**
 * Lets payments arrive in every open run at once, until the longest window is over, and then only their labels. Every six
 * hours outcomes and labels are recorded and each run is ticked; once the window is over, every day.
 */
export async function drive(runs: readonly OpenRun[], stream: { readonly payments: readonly Payment[]; readonly startedAt: number; readonly days: number }, tools: DriveTools): Promise<Took> {
  const took = new Map<string, number>();
  const open = new Set(runs.map((run): Going => ({ run, payments: [], known: new Map(), due: new Map() })));
  let next = 0;
  for (let tick = 1; open.size > 0; tick++) {
    const tickAt = stream.startedAt + tick * TICK_MS;
    const day = (tick * TICK_MS) / DAY_MS;
    if (day > DAYS_MAX) throw new Error(`after ${DAYS_MAX} days there is no end of ${[...open].map(({ run }) => run.model).join(", ")}`);
    for (let payment = stream.payments[next]; payment !== undefined && payment.at < tickAt; payment = stream.payments[++next]) {
      tools.clock.moveTo(payment.at);
      for (const going of open) await deliver(going, { payment, number: next, startedAt: stream.startedAt }, tools);
    }
    if (day > stream.days && !Number.isInteger(day)) continue;
    tools.clock.moveTo(tickAt);
    for (const going of open) {
      await report(going, tick, tools);
      if (LOGGED_AFTER.has(day)) await logServing(going, tools);
      const began = performance.now();
      if (!(await isOver(going.run, tools))) continue;
      took.set(going.run.model, Math.round(performance.now() - began));
      open.delete(going);
    }
    tools.progress(`day ${day}, ${open.size} ${open.size === 1 ? "run is" : "runs are"} open`);
  }
  return took;
}

async function deliver({ run, payments, due }: Going, { payment, number, startedAt }: { readonly payment: Payment; readonly number: number; readonly startedAt: number }, { seed }: DriveTools): Promise<void> {
  const { prediction } = await run.gateway.handle({ requestId: payment.id, unit: payment.customer, payload: payment, at: payment.at });
  await run.gateway.onIdle();
  payments.push(payment);
  for (const label of labelsOf(payment, { number, blocked: prediction === true, seed })) {
    const tick = Math.ceil((label.labelledAt - startedAt) / TICK_MS);
    const others = due.get(tick);
    if (others === undefined) due.set(tick, [label]);
    else others.push(label);
  }
}

/** Outcomes, and the labels that have come since the last tick. */
async function report({ run, known, due }: Going, tick: number, { api }: DriveTools): Promise<void> {
  await run.gateway.drain();
  const come = [...due.keys()].filter((at) => at <= tick).toSorted((a, b) => a - b);
  const labels = come.flatMap((at) => due.get(at) ?? []);
  for (const at of come) due.delete(at);
  for (const { requestId, truth } of labels) known.set(requestId, truth);
  const { rejected } = await api.outcomes.label(labels.map((label) => ({ ...label, model: run.model })), { key: `labels:${run.model}:${tick}` });
  if (rejected[0] !== undefined) throw new Error(`a label of ${run.model} was refused: ${rejected[0].detail}`);
}

/** What the server logs beside the challenger's run, so that whoever asks why has both sides. */
async function logServing({ run: { champion, challenger }, payments, known }: Going, { server }: DriveTools): Promise<void> {
  const files = servingFiles({ served: challenger.model, champion: champion.model, payments, labels: known, holdout: challenger.made.holdout, manifest: challenger.manifest });
  await writeFiles(server.composition.mlflow, challenger.registered, files);
}

/** A decision that ends the rollout is followed by its effects; the run is over when they are applied. */
async function isOver(run: OpenRun, tools: DriveTools): Promise<boolean> {
  const { server, api, analyst } = tools;
  await server.tick(run.model);
  const { summary, state } = await api.models.get(run.model);
  if (summary.reason === "awaiting_approval" && state.decision !== null) {
    const { id } = state.decision;
    await analyst.rollouts.approve(run.model, { decisionId: id, comment: "read; the new frauds are found, and no more customers are turned away" }, { key: `approve:${id}` });
    return isOver(run, tools);
  }
  return summary.status !== "running" && !summary.applying;
}
