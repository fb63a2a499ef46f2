import type { Allocation } from "../allocation/allocation.ts";
import type { Evidence } from "../evidence/evidence.ts";
import type { Policy } from "./policy.ts";
import type { CarriedCounts, CyclesSoFar } from "./slots-cycle.ts";

/** A version as it was when the rollout began. The digest is what was tested, hence what must serve. */
export interface VersionRef {
  readonly version: string;
  /** SHA-256 of the artifact, `sha256:<hex>`; null when the registry does not say. */
  readonly digest: string | null;
  /** SHA-256 over the files as they were read when the rollout began (`filesDigest`); left out where the policy does not have them read. */
  readonly files?: string;
  /** The decision threshold that belongs to this version. */
  readonly threshold: number | null;
  readonly runId: string | null;
}

export type RolloutStatus = "running" | "promoted" | "retained" | "rolled_back";

/** Under which slots of the allocation the compared versions are. */
export interface RolloutSlots {
  readonly champion: string;
  readonly challenger: string;
  /** A cohort of the champion's beside the challenger's; null without one. */
  readonly control: string | null;
}

/** Where a ramp is; of an A/B test, its watch alone. */
export interface RolloutStage {
  /** Of `policy.stages`, from 0. The watch of an A/B test is 1. */
  readonly index: number;
  /** When its allocation was read back; dwell counts from here. Milliseconds since the Unix epoch. */
  readonly since: number;
  /** While everything is the challenger's: what the champion showed at the stage before, in the slot it was compared in; all that an A/B test showed. */
  readonly before?: Evidence;
}

/** What a cycle knows of those before it; part of its rollout, so that the ledger alone says it. */
export interface SlotsCycle extends CyclesSoFar {
  /** Who held the slots when it began, in the policy's order. */
  readonly holders: readonly SlotHolder[];
  readonly carried: CarriedCounts;
}

export interface SlotHolder {
  readonly slot: string;
  readonly version: VersionRef | null;
}

/** One challenger's run under one policy. */
export interface Rollout<P extends Policy = Policy> {
  readonly id: string;
  /** 1 for the first rollout of the model: how far alpha has been spent. */
  readonly ordinal: number;
  readonly model: string;
  readonly policy: P;
  readonly policyDigest: string;
  readonly status: RolloutStatus;
  readonly champion: VersionRef;
  readonly challenger: VersionRef;
  readonly startedAt: number;
  readonly startedBy: string;
  /** What was tested is checked wherever it gets traffic or a name. Entries that were written before that have none. */
  readonly pinned?: true;
  /** What serves while the rollout runs. Its epoch is the epoch of the rollout's evidence. */
  readonly allocation: Allocation;
  /** Left out: "champion", "challenger", and no control. */
  readonly slots?: RolloutSlots;
  /** Of a ramp, and of an A/B test that is in its watch. */
  readonly stage?: RolloutStage;
  /** Of a policy of kind `slots` only. */
  readonly cycle?: SlotsCycle;
  /** What was there before, restored by a rollback; never recomputed. */
  readonly snapshot: {
    readonly aliases: Readonly<Record<string, string | null>>;
    readonly allocation: Allocation;
    /** The stages of champion and challenger. Entries that were written before it was kept have none. */
    readonly stages?: Readonly<Record<string, string>>;
  };
}
