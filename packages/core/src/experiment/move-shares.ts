import { BUCKETS_PER_BASIS_POINT } from "../allocation/allocation.ts";
import type { Allocation, Range } from "../allocation/allocation.ts";
import { reallocate } from "../allocation/reallocate.ts";
import { Failure } from "../failure/failure.ts";
import { donorShares } from "./donor-shares.ts";
import type { ExperimentView, ShareRecord, Variant, VariantConfig } from "./experiment.ts";
import { compareVariants, liveVariants, variantNamed } from "./live-variants.ts";

/** A candidate may take this much at first, in basis points. */
export const FIRST_SHARE_MAX = 1000;

export interface NewCandidate {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly config: VariantConfig;
  /** 0 … FIRST_SHARE_MAX; 0 for one whose ramp opens its first share. */
  readonly basisPoints: number;
  readonly at: number;
}

/**
 * Adds a candidate; the others give to it in proportion, each its highest buckets, so that units move to the candidate only.
 * @throws Failure `invalid_input` when it would begin with more than FIRST_SHARE_MAX; `conflict` when its name is taken.
 */
export function addCandidate(view: ExperimentView, candidate: NewCandidate): ExperimentView {
  const { id, name, description, config, basisPoints, at } = candidate;
  const live = liveVariants(view);
  if (live.some((variant) => variant.name === name)) throw new Failure("conflict", `the experiment "${view.experiment.name}" has a variant "${name}" already`, { fix: "retire that one first, or add the candidate of another policy version" });
  if (!Number.isInteger(basisPoints) || basisPoints < 0 || basisPoints > FIRST_SHARE_MAX) {
    throw new Failure("invalid_input", `a candidate can't begin with ${basisPoints} basis points`, { fix: `give a whole number of at most ${FIRST_SHARE_MAX}` });
  }
  const position = 1 + Math.max(-1, ...view.variants.map((variant) => variant.position));
  const added: Variant = { id, experimentId: view.experiment.id, name, description, role: "candidate", position, basisPoints: 0, ranges: [], config, configError: null, archivedAt: null, createdAt: at };
  return growTo({ ...view, variants: [...view.variants, added] }, { [name]: basisPoints });
}

/**
 * Sets the shares of some variants by name; all others shrink, or grow, in proportion. Units move only from those that
 * shrink to those that grow.
 * @throws Failure `not_found` for a name that no live variant has; `invalid_input` as `donorShares` does.
 */
export function growTo(view: ExperimentView, targets: Readonly<Record<string, number>>): ExperimentView {
  for (const name of Object.keys(targets)) variantNamed(view, name);
  const shares = donorShares(liveVariants(view), targets);
  return withShares(view, Object.fromEntries(shares.map(({ name, basisPoints }) => [name, basisPoints])));
}

/** Gives every live variant the share of its name, with the fewest moves. @throws Failure `invalid_input` unless they sum to 10,000. */
export function withShares(view: ExperimentView, shares: Readonly<Record<string, number>>): ExperimentView {
  const live = liveVariants(view);
  // As an allocation whose versions are the variants: no two share one, so a variant keeps what it owns.
  const arms = live.filter((variant) => variant.ranges.length > 0).map(({ id, ranges }) => ({ slot: id, version: id, ranges }));
  const current: Allocation = { model: view.experiment.name, epoch: 0, seed: view.experiment.id, arms, shadow: false };
  const wanted = live.map(({ id, name }) => ({ slot: id, version: id, basisPoints: shares[name] ?? 0 }));
  const next = reallocate(current, wanted, 1);
  return withRanges(view, new Map(next.arms.map((arm) => [arm.slot, arm.ranges])));
}

/**
 * Takes everything from one variant and gives each bucket back to who owned it in `snapshot`; to the baseline where that one
 * is archived. When nothing but this variant's growth happened since, that is the snapshot exactly.
 */
export function returnShares(view: ExperimentView, name: string, snapshot: readonly ShareRecord[]): ExperimentView {
  const leaving = variantNamed(view, name);
  const live = liveVariants(view);
  const baseline = live.find((variant) => variant.role === "baseline" && variant.id !== leaving.id);
  const owners = snapshot.map(({ variantId, ranges }) => ({ owner: variantId !== leaving.id && live.some((variant) => variant.id === variantId) ? variantId : (baseline?.id ?? leaving.id), ranges }));
  const ranges = new Map(live.filter((variant) => variant.id !== leaving.id).map((variant): [string, Range[]] => [variant.id, [...variant.ranges]]));
  for (const { owner, ranges: owned } of owners) ranges.set(owner, [...(ranges.get(owner) ?? []), ...intersection(leaving.ranges, owned)]);
  return withRanges(view, ranges);
}

/** Sets who owns what; a variant that is not named owns nothing, archived ones stay as they are. */
export function withRanges(view: ExperimentView, ranges: ReadonlyMap<string, readonly Range[]>): ExperimentView {
  const variants = view.variants.map((variant) => {
    if (variant.archivedAt !== null) return variant;
    const owned = joined(ranges.get(variant.id) ?? []);
    return { ...variant, ranges: owned, basisPoints: owned.reduce((sum, { from, to }) => sum + to - from, 0) / BUCKETS_PER_BASIS_POINT };
  });
  return { ...view, variants: variants.toSorted(compareVariants) };
}

/** What a journal row keeps of a view: who owned what. Archived variants own nothing and are left out. */
export function shareRecords(view: ExperimentView): readonly ShareRecord[] {
  return liveVariants(view).map(({ id, name, role, basisPoints, ranges }) => ({ variantId: id, name, role, basisPoints, ranges }));
}

function intersection(some: readonly Range[], others: readonly Range[]): readonly Range[] {
  return some.flatMap((a) => others.map((b) => ({ from: Math.max(a.from, b.from), to: Math.min(a.to, b.to) }))).filter(({ from, to }) => from < to);
}

function joined(ranges: readonly Range[]): readonly Range[] {
  const result: Range[] = [];
  for (const range of ranges.toSorted((a, b) => a.from - b.from)) {
    const last = result.at(-1);
    if (last !== undefined && last.to === range.from) result[result.length - 1] = { from: last.from, to: range.to };
    else result.push({ from: range.from, to: range.to });
  }
  return result;
}
