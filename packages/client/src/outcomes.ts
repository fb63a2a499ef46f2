import type { BatchAnswer } from "@gauntlet/contract";
import { BATCH_MAX } from "@gauntlet/contract/limits";
import { paths } from "@gauntlet/contract/paths";
import type { FollowUp, Label, Outcome } from "@gauntlet/core";

import { batchesOf } from "./batches.ts";
import { newKey, type ChangeOptions, type Connection } from "./connection.ts";
import { change } from "./read.ts";

/**
 * What was observed, and what became of it. As many as you like: they go in batches as large as the server takes, each
 * under a key made of yours, so that the same list sent again with the same key counts once. An item that is refused keeps no
 * other out, and is named by its place in the list.
 */
export interface Outcomes {
  record(outcomes: readonly Outcome[], options?: ChangeOptions): Promise<BatchAnswer>;
  /** The truth about requests, late perhaps, and perhaps corrected. */
  label(labels: readonly Label[], options?: ChangeOptions): Promise<BatchAnswer>;
  /** What became known later, in numbers: accepted, edited, billed. */
  followUp(followUps: readonly FollowUp[], options?: ChangeOptions): Promise<BatchAnswer>;
}

export function outcomes(server: Connection): Outcomes {
  return {
    record: (items, options) => inBatches(server, { path: paths.outcomes, name: "outcomes", items, options }),
    label: (items, options) => inBatches(server, { path: paths.labels, name: "labels", items, options }),
    followUp: (items, options) => inBatches(server, { path: paths.followUps, name: "followUps", items, options }),
  };
}

interface Batches {
  readonly path: string;
  readonly name: string;
  readonly items: readonly unknown[];
  readonly options: ChangeOptions | undefined;
}

async function inBatches(server: Connection, { path, name, items, options }: Batches): Promise<BatchAnswer> {
  const key = options?.key ?? newKey();
  const total = { accepted: 0, duplicates: 0, rejected: [] as BatchAnswer["rejected"] };
  for (const { from, batch } of batchesOf(items, BATCH_MAX)) {
    const answer = await change<BatchAnswer>(server, { path, body: { [name]: batch }, options: { ...options, key: from === 0 ? key : `${key}.${from}` } });
    total.accepted += answer.accepted;
    total.duplicates += answer.duplicates;
    for (const rejection of answer.rejected) total.rejected.push({ ...rejection, index: from + rejection.index });
  }
  return total;
}
