import type { Problem } from "../../failure/failure.ts";
import { Failure } from "../../failure/failure.ts";
import { parseInstant } from "../../outcome/parse-instant.ts";
import type { ConflictStrategy } from "./resolve-register.ts";

/** A row of their `match_history`, with whatever else it has. */
export interface ImportRow {
  readonly id: string | null;
  readonly players: readonly (string | null)[];
  readonly winner: string | null;
  /** ISO text, seconds since the Unix epoch, or nothing. */
  readonly timestamp: string | number | null;
}

export interface ImportResult<Row extends ImportRow> {
  /** Rows to write: new ones, and those that replace another of the same id. */
  readonly written: readonly Row[];
  /** Rows that lost, and the row of the same id that won. */
  readonly conflicts: readonly { readonly id: string; readonly kept: Row; readonly lost: Row }[];
  readonly counters: { readonly added: number; readonly skipped: number; readonly conflict: number; readonly resolved: number; readonly participantsAdded: number };
  readonly rejected: readonly { readonly index: number; readonly problems: readonly Problem[] }[];
}

/**
 * The import as the reconciler of RingRift has it (mode `compat`): only a different winner is a conflict, rows are taken
 * in their order, and equal instants keep what is there. Unlike it, a row that can't be taken (no id, a null player, a
 * zone against none) is reported and the others go on, and an id may come twice in a batch.
 *
 * @throws Failure `conflict` under `raise`: then nothing of the batch counts.
 */
export function importRows<Row extends ImportRow>(heldOf: (id: string) => Row | undefined, incoming: Iterable<Row>, strategy: ConflictStrategy): ImportResult<Row> {
  const written = new Map<string, Row>();
  const conflicts: { id: string; kept: Row; lost: Row }[] = [];
  const rejected: { index: number; problems: readonly Problem[] }[] = [];
  const counters = { added: 0, skipped: 0, conflict: 0, resolved: 0, participantsAdded: 0 };
  const participants = new Set<string | null>();
  let index = -1;
  for (const row of incoming) {
    index++;
    const held = row.id === null ? undefined : (written.get(row.id) ?? heldOf(row.id));
    const outcome = importRow(row, held, strategy);
    switch (outcome.kind) {
      case "rejected":
        rejected.push({ index, problems: outcome.problems });
        break;
      case "added":
        counters.added++;
        written.set(row.id!, row);
        for (const player of row.players) participants.add(player);
        break;
      case "skipped":
        counters.skipped++;
        break;
      case "conflict":
        counters[strategy === "skip" ? "conflict" : "resolved"]++;
        if (outcome.kept === row) written.set(row.id!, row);
        conflicts.push({ id: row.id!, kept: outcome.kept, lost: outcome.lost });
        break;
    }
  }
  return { written: [...written.values()], conflicts, counters: { ...counters, participantsAdded: participants.size }, rejected };
}

type RowOutcome<Row> = { readonly kind: "rejected"; readonly problems: readonly Problem[] } | { readonly kind: "added" } | { readonly kind: "skipped" } | { readonly kind: "conflict"; readonly kept: Row; readonly lost: Row };

function importRow<Row extends ImportRow>(row: Row, held: Row | undefined, strategy: ConflictStrategy): RowOutcome<Row> {
  if (row.id === null || row.id === "") return { kind: "rejected", problems: [{ pointer: "/id", detail: "is missing" }] };
  const nobody = row.players.indexOf(null);
  if (nobody >= 0) return { kind: "rejected", problems: [{ pointer: `/players/${nobody}`, detail: "names no player" }] };
  if (held === undefined) return { kind: "added" };
  if (held.winner === row.winner) return { kind: "skipped" };
  if (strategy === "raise") throw new Failure("conflict", `match "${row.id}" was won by ${held.winner ?? "nobody"} here and by ${row.winner ?? "nobody"} in the batch; nothing of the batch was imported`, { fix: "correct one of the two, or import with another conflict strategy" });
  if (strategy !== "last_write_wins") return { kind: "conflict", kept: held, lost: row };
  const newer = isNewer(row.timestamp, held.timestamp);
  if (newer === null) return { kind: "rejected", problems: [{ pointer: "/timestamp", detail: `"${row.timestamp}" and "${held.timestamp}" can't be compared: one has a zone and the other has none` }] };
  return newer ? { kind: "conflict", kept: row, lost: held } : { kind: "conflict", kept: held, lost: row };
}

/** Null where one of the two has a zone and the other none. */
function isNewer(incoming: string | number | null, held: string | number | null): boolean | null {
  if (incoming === null) return false;
  if (held === null) return true;
  const [a, b] = [readTime(incoming), readTime(held)];
  if (a === null || b === null) return String(incoming) > String(held);
  return a.zone === b.zone ? a.at > b.at : null;
}

function readTime(value: string | number): { readonly at: number; readonly zone: boolean } | null {
  if (typeof value === "number") return { at: value * 1000, zone: true };
  const text = value.replace(" ", "T");
  const at = parseInstant(text);
  if (at !== null) return { at, zone: true };
  const naive = parseInstant(`${text}Z`);
  return naive === null ? null : { at: naive, zone: false };
}
