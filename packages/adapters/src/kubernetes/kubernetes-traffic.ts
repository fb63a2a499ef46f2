import { staleEpoch, type TrafficTarget } from "@gauntlet/controller";
import { canonicalJson, Failure, requireAllocation, type Allocation } from "@gauntlet/core";
import { setTimeout as pause } from "node:timers/promises";

import { annotationsOf, keptAllocation, type KeptAllocation } from "./kept-allocation.ts";
import type { KubeClient } from "./kube-client.ts";
import type { Fields } from "../json/read-json.ts";
import { sayPlace, type KubeObject, type ObjectPlace } from "./kube-object.ts";
import { gitOwner, isOurs, lastEditor } from "./owners.ts";
import { patientKubeClient } from "./patient-client.ts";
import { splitOf, type Split } from "./split.ts";
import type { SplitMapping } from "./split-mapping.ts";

export interface KubernetesTrafficOptions {
  readonly model: string;
  readonly client: KubeClient;
  readonly namespace: string;
  readonly name: string;
  readonly mapping: SplitMapping;
  /** "git": the numbers are changed by pull requests, and waited for; only the annotations are written. */
  readonly numbers: "ours" | "git";
  /** How long a split may take until it is served; then it is tried again with the next tick. */
  readonly readyMs: number;
  /** How often it is looked at meanwhile. */
  readonly pollMs: number;
  /** Told when somebody else changes the split, with what to do about it. */
  readonly report: (text: string) => void;
}

/**
 * The split of one model in one object of Kubernetes. The allocation is kept in annotations beside the numbers it stands
 * for, in the same write, which only succeeds on the object as it was read. What is read is in force: the numbers are
 * those of the allocation and were seen to be served. While they were not, it is the allocation before; when somebody
 * else changed the numbers it is the allocation with the next epoch, which fits no rollout, so that a decision holds
 * and a rollback still finds its way.
 */
export function kubernetesTraffic(options: KubernetesTrafficOptions): TrafficTarget {
  const { model, namespace, name, mapping } = options;
  const client = patientKubeClient(options.client, { withinMs: PATIENCE_MS, stopwatch: () => performance.now(), sleep: (ms) => pause(ms), random: Math.random });
  const place: ObjectPlace = { resource: mapping.resource, namespace, name };
  const told = { last: "" };
  const report = (text: string): void => {
    if (text !== told.last) options.report(text);
    told.last = text;
  };
  return {
    read: async (asked) => {
      if (asked !== model) return null;
      const object = await present(client, place);
      const kept = keptAllocation(object, model);
      if (kept === null) return null;
      if (!kept.isRealised) return kept.before;
      const edited = edit(object, { mapping, wanted: kept.wanted });
      if (edited === null) {
        told.last = "";
        return kept.wanted;
      }
      report(`${sayPlace(place)}: the split of ${model} isn't that of epoch ${kept.wanted.epoch} any more: ${edited.why}. ${edited.fix}`);
      return { ...kept.wanted, epoch: kept.wanted.epoch + 1 };
    },
    apply: async (allocation) => {
      requireAllocation(allocation);
      if (allocation.model !== model) throw new Failure("invalid_input", `${sayPlace(place)} splits ${model}, not ${allocation.model}`);
      const work: Work = { ...options, client, place, allocation, split: splitOf(allocation) };
      await write(work, false);
      await untilServed(work);
      await write(work, true);
    },
  };
}

const PATIENCE_MS = 1000;

interface Work extends KubernetesTrafficOptions {
  readonly place: ObjectPlace;
  readonly allocation: Allocation;
  readonly split: Split;
}

/** Writes on the object as it was read, again and again while others write too. A storm that doesn't end is tried again later. */
async function write(work: Work, isRealised: boolean): Promise<void> {
  const { client, place, mapping, split, allocation, numbers } = work;
  const until = performance.now() + CONFLICTS_MS;
  for (let attempt = 1; attempt === 1 || performance.now() < until; attempt += 1) {
    const object = await present(client, place);
    const kept = requireNewer(object, work);
    const fields = mapping.fields(object, split);
    if (kept !== null && kept.wanted.epoch === allocation.epoch && (kept.isRealised || !isRealised) && covers(object.spec, fields)) return;
    if (numbers === "git" && !covers(object.spec, fields)) throw unmerged(work);
    if (isRealised && !covers(object.spec, fields)) throw reverted(object, work);
    const { uid, resourceVersion } = object.metadata;
    const annotations = annotationsOf({ wanted: allocation, before: beforeOf(kept, allocation), isRealised });
    const applied = await client.apply(place, { apiVersion: object.apiVersion, kind: object.kind, metadata: { name: place.name, namespace: place.namespace, uid, resourceVersion, annotations }, ...(numbers === "ours" || isOurs(object) ? { spec: fields } : {}) });
    if (applied !== "conflict") {
      if (!covers(applied.spec, fields)) throw reverted(applied, work);
      return;
    }
    // Half of a growing pause by chance, so that writers who met don't meet again.
    const ms = Math.min(BACKOFF_MAX_MS, 2 ** attempt);
    await pause(ms / 2 + (Math.random() * ms) / 2);
  }
  throw new Failure("traffic_unavailable", `${sayPlace(place)} was changed by others for ${CONFLICTS_MS / 1000} s whenever it was to be written`, { fix: "find out who writes it all the time (kubectl get --show-managed-fields); it is tried again" });
}

const CONFLICTS_MS = 5000;
/** Short, because who writes all the time leaves no longer gap later. */
const BACKOFF_MAX_MS = 60;

/** @throws Failure `stale_epoch` when a newer allocation is there, or another with this epoch. */
function requireNewer(object: KubeObject, { model, allocation }: Work): KeptAllocation | null {
  const kept = keptAllocation(object, model);
  if (kept === null || kept.wanted.epoch < allocation.epoch) return kept;
  if (kept.wanted.epoch > allocation.epoch || canonicalJson(kept.wanted) !== canonicalJson(allocation)) throw staleEpoch(allocation, kept.wanted.epoch);
  return kept;
}

function beforeOf(kept: KeptAllocation | null, allocation: Allocation): Allocation | null {
  if (kept === null) return null;
  return kept.isRealised && kept.wanted.epoch < allocation.epoch ? kept.wanted : kept.before;
}

async function untilServed(work: Work): Promise<void> {
  const { client, place, mapping, split, readyMs, pollMs } = work;
  const until = performance.now() + readyMs;
  for (;;) {
    const object = await present(client, place);
    requireNewer(object, work);
    const why = mapping.pending(object, split);
    if (why === null) return;
    if (performance.now() > until) {
      throw new Failure("traffic_unavailable", `${sayPlace(place)} has the split of epoch ${work.allocation.epoch}, and does not serve it after ${readyMs / 1000} s: ${why}`, { fix: "see the status of the object and the log of its controller; it is tried again" });
    }
    await pause(pollMs);
  }
}

async function present(client: KubeClient, place: ObjectPlace): Promise<KubeObject> {
  const object = await client.get(place);
  if (object !== null && object.metadata.deletionTimestamp === undefined) return object;
  throw new Failure("traffic_unavailable", `${sayPlace(place)} ${object === null ? "isn't there" : "is being deleted"}`, { fix: "create it again, or correct the target in gauntlet.yaml; it is tried again" });
}

function unmerged({ model, place, allocation }: Work): Failure {
  return new Failure("traffic_unavailable", `${sayPlace(place)} does not have the split of epoch ${allocation.epoch} yet, and its numbers are kept in Git`, {
    fix: `merge what \`gauntlet plan ${model} --output manifests --manifest <file>\` prints for the object's file; it is looked at again with the next tick`,
  });
}

function reverted(object: KubeObject, { place, allocation, mapping, split }: Work): Failure {
  const { why, fix } = blame(object, mapping.fields(object, split));
  return new Failure("read_back_mismatch", `${sayPlace(place)} took the split of epoch ${allocation.epoch}, and does not show it: ${why}`, { fix });
}

interface Edit {
  readonly why: string;
  readonly fix: string;
}

/** null when the numbers are those of the allocation. */
function edit(object: KubeObject, { mapping, wanted }: { readonly mapping: SplitMapping; readonly wanted: Allocation }): Edit | null {
  try {
    const fields = mapping.fields(object, splitOf(wanted));
    return covers(object.spec, fields) ? null : blame(object, fields);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { why: error.message, fix: error.fix ?? "" };
  }
}

function blame(object: KubeObject, fields: Fields): Edit {
  const owner = gitOwner(object, fields);
  const editor = lastEditor(object, fields);
  const why = `${editor ?? "somebody"} changed it${owner === null ? "" : `, and ${owner.tool} keeps this object as it is in Git`}`;
  return { why, fix: owner?.fix ?? "give back the split, or roll back, which writes over it" };
}

/** Whether writing `fields` would change nothing. */
function covers(spec: unknown, fields: unknown): boolean {
  if (!isFields(spec) || !isFields(fields)) return canonicalJson(spec ?? null) === canonicalJson(fields ?? null);
  return Object.entries(fields).every(([key, value]) => covers(spec[key], value));
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
