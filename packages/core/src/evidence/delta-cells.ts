import { type Accumulator, accumulator } from "./accumulator.ts";
import { DERIVED_METRICS, type EvidenceCell, type EvidenceKey, type MetricKind } from "./evidence.ts";
import { compareKeys, isEmptyStatistic, mergeStatistics } from "./merge.ts";
import type { Ratio, Statistic } from "./statistic.ts";

/** Where a delta goes, but for its metric. */
export interface CellRow extends Omit<EvidenceKey, "metric"> {
  readonly epoch: number;
  readonly bucketStart: number;
}

/** The deltas of one batch, while it is folded. */
export interface DeltaCells {
  readonly row: (row: CellRow) => DeltaRow;
  /** Sorted by (epoch, bucketStart, metric, version, slot, mode), empty ones left out. */
  readonly freeze: () => EvidenceCell[];
}

/** The metrics of one row. */
interface DeltaRow {
  readonly count: (metric: string, by: number) => void;
  readonly value: (metric: string, kind: MetricKind, value: number) => void;
  readonly ratio: (metric: string, delta: Ratio) => void;
  /** `cell` is truth·2 + prediction. */
  readonly confusion: (cell: number, by: number) => void;
  /** `cell` is truth·4 + champion·2 + challenger. */
  readonly paired: (cell: number, by: number) => void;
}

export function deltaCells(model: string): DeltaCells {
  const rows = new Map<string, { readonly place: CellRow; readonly row: FrozenRow }>();
  return {
    row(place) {
      // Ids hold no control characters, so the separator can't occur in them.
      const key = `${place.epoch}\u0000${place.bucketStart}\u0000${place.version}\u0000${place.slot}\u0000${place.mode}`;
      let known = rows.get(key);
      if (known === undefined) {
        known = { place, row: deltaRow() };
        rows.set(key, known);
      }
      return known.row;
    },
    freeze() {
      const cells: EvidenceCell[] = [];
      for (const { place, row } of rows.values()) {
        const { epoch, bucketStart, version, slot, mode } = place;
        for (const [metric, statistic] of row.freeze()) {
          if (!isEmptyStatistic(statistic)) cells.push({ model, epoch, bucketStart, version, slot, mode, metric, statistic });
        }
      }
      return cells.toSorted((a, b) => a.epoch - b.epoch || a.bucketStart - b.bucketStart || compareKeys(a, b));
    },
  };
}

interface FrozenRow extends DeltaRow {
  readonly freeze: () => readonly (readonly [metric: string, statistic: Statistic])[];
}

function deltaRow(): FrozenRow {
  const counts = new Map<string, number>();
  const values = new Map<string, Accumulator>();
  const ratios = new Map<string, Statistic>();
  const confusion = [0, 0, 0, 0] as [number, number, number, number];
  const paired = [0, 0, 0, 0, 0, 0, 0, 0] as [number, number, number, number, number, number, number, number];
  return {
    count(metric, by) {
      counts.set(metric, (counts.get(metric) ?? 0) + by);
    },
    value(metric, kind, value) {
      let known = values.get(metric);
      if (known === undefined) {
        known = accumulator(kind);
        values.set(metric, known);
      }
      known.add(value);
    },
    ratio(metric, delta) {
      const known = ratios.get(metric);
      ratios.set(metric, known === undefined ? delta : mergeStatistics(known, delta));
    },
    confusion(cell, by) {
      confusion[cell] = (confusion[cell] as number) + by;
    },
    paired(cell, by) {
      paired[cell] = (paired[cell] as number) + by;
    },
    freeze() {
      const [trueNegative, falsePositive, falseNegative, truePositive] = confusion;
      return [
        ...[...counts].map(([metric, n]) => [metric, { kind: "count", n }] as const),
        ...[...values].map(([metric, known]) => [metric, known.freeze()] as const),
        ...ratios,
        [DERIVED_METRICS.confusion, { kind: "confusion", truePositive, falsePositive, falseNegative, trueNegative }],
        [DERIVED_METRICS.paired, { kind: "paired", cells: [...paired] }],
      ];
    },
  };
}
