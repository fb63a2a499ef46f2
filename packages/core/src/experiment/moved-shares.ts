import type { ShareRecord } from "./experiment.ts";

/** A share that a change moved, in basis points. */
export interface MovedShare {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

/** Of a row of the journal, in the order of the variants; shares that stayed are left out, one that was not there is 0. */
export function movedShares({ before, after }: { readonly before: readonly Shown[]; readonly after: readonly Shown[] }): readonly MovedShare[] {
  const names = [...new Set([...before, ...after].map(({ name }) => name))];
  const of = (records: readonly Shown[], name: string): number => records.find((record) => record.name === name)?.basisPoints ?? 0;
  return names.map((name) => ({ name, from: of(before, name), to: of(after, name) })).filter(({ from, to }) => from !== to);
}

type Shown = Pick<ShareRecord, "name" | "basisPoints">;
