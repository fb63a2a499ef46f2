import { Failure } from "../failure/failure.ts";
import type { ExperimentView, Variant } from "./experiment.ts";

/** Those that are not archived, in the order of their arms. */
export function liveVariants({ variants }: ExperimentView): readonly Variant[] {
  return variants.filter((variant) => variant.archivedAt === null).toSorted(compareVariants);
}

/** By (position, createdAt, id). */
export function compareVariants(a: Variant, b: Variant): number {
  return a.position - b.position || a.createdAt - b.createdAt || (a.id < b.id ? -1 : Number(a.id > b.id));
}

/** @throws Failure `not_found` when no live variant has the name. */
export function variantNamed(view: ExperimentView, name: string): Variant {
  const found = liveVariants(view).find((variant) => variant.name === name);
  if (found !== undefined) return found;
  const names = liveVariants(view).map((variant) => `"${variant.name}"`);
  throw new Failure("not_found", `the experiment "${view.experiment.name}" has no variant "${name.slice(0, 100)}"`, { fix: `its variants are ${names.join(", ")}` });
}
