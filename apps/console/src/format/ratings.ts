import type { ConflictPage, LadderEntry, MatchDetail, MatchView, PairCell, RatingLadderPage, RatingTrajectories } from "@gauntlet/contract";

import { count, percent } from "./number.ts";
import { duration, utc } from "./time.ts";

/** Elo points: on a scale of anchors as they are, otherwise signed against the group's mean. */
export function elo(value: number, anchored: boolean): string {
  const rounded = Math.round(value);
  if (anchored) return count(rounded);
  return rounded === 0 ? "±0" : `${rounded > 0 ? "+" : "\u2212"}${count(Math.abs(rounded))}`;
}

/** A long id without its middle: what tells versions apart stands at the end. */
export function shortened(id: string, max: number): string {
  if (id.length <= max) return id;
  const head = Math.floor((max - 1) / 3);
  return `${id.slice(0, head)}…${id.slice(id.length - (max - 1 - head))}`;
}

/** "−12 to +48" */
export function eloInterval({ low, high }: { readonly low: number | null; readonly high: number | null }, anchored: boolean): string {
  return low === null || high === null ? "nothing known" : `${elo(low, anchored)} to ${elo(high, anchored)}`;
}

/** Rows that can be compared with each other, in the order of the ladder. */
export interface LadderGroup {
  readonly group: number;
  readonly anchored: boolean;
  /** All of the group, which may be more than were read yet. */
  readonly participants: number;
  readonly rows: readonly LadderEntry[];
  readonly scale: Scale;
}

/** Groups of two and more; who is comparable with nobody is named apart. */
export function ladderGroups(pages: readonly RatingLadderPage[]): { readonly groups: readonly LadderGroup[]; readonly alone: readonly LadderEntry[] } {
  const rows = pages.flatMap((page) => page.rows);
  const sizes = new Map(pages[0]?.groups.map((group) => [group.group, group]));
  const groups = [...Map.groupBy(rows.filter(({ elo: rating }) => rating !== null), ({ group }) => group)].map(([group, members]) => ({
    group,
    anchored: sizes.get(group)?.anchored ?? members.some(({ anchored }) => anchored),
    participants: sizes.get(group)?.participants ?? members.length,
    rows: members,
    scale: scaleOf(members.flatMap(({ low, high, elo: rating }) => [low, high, rating])),
  }));
  return { groups, alone: rows.filter(({ elo: rating }) => rating === null) };
}

/** A scale that holds some values, with round ticks. */
export interface Scale {
  readonly low: number;
  readonly high: number;
  readonly ticks: readonly number[];
}

const TICKS_MAX = 6;

export function scaleOf(values: readonly (number | null)[]): Scale {
  const known = values.filter((value): value is number => value !== null && Number.isFinite(value));
  if (known.length === 0) return { low: -1, high: 1, ticks: [0] };
  const [least, most] = [known.reduce((a, b) => Math.min(a, b)), known.reduce((a, b) => Math.max(a, b))];
  const margin = Math.max((most - least) * 0.04, 1);
  const [low, high] = [least - margin, most + margin];
  const step = Math.max(1, roundStep((high - low) / TICKS_MAX));
  const first = Math.ceil(low / step);
  return { low, high, ticks: Array.from({ length: Math.floor(high / step) - first + 1 }, (_, i) => (first + i) * step + 0) };
}

/** 1, 2 or 5 times a power of ten, at least as large. */
function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return power * ([1, 2, 5, 10].find((factor) => factor * power >= least) ?? 10);
}

/** Where a value lies on a scale, as a percentage of its width. */
export function placeOn({ low, high }: Scale, value: number): string {
  return `${(((value - low) / (high - low)) * 100).toFixed(2)}%`;
}

/** 0 for a row that is surely the weaker, 10 for one that is surely the stronger; 5 says nothing. */
export function shadeOf(superiority: number): number {
  return Math.round(superiority * 10);
}

/** Whole percents; what is estimated is never all or nothing. */
export function superiorityWords(superiority: number): string {
  if (superiority > 0.995) return ">99";
  if (superiority < 0.005) return "<1";
  return `${Math.round(superiority * 100)}`;
}

/** Everything a cell of the matrix knows, as a sentence. */
export function pairWords(row: string, column: string, cell: PairCell): string {
  if (cell.kind === "self") return `${row} itself.`;
  const met = cell.games === 0 ? "They never met." : `They met in ${count(cell.games)} ${cell.games === 1 ? "match" : "matches"}: ${row} was ahead in ${count(cell.ahead)}, behind in ${count(cell.games - cell.ahead - cell.tied)}, level in ${count(cell.tied)}.`;
  if (cell.kind === "incomparable") return `${row} and ${column} can't be compared: no chain of wins leads both ways between them. ${met}`;
  return `${row} is stronger than ${column} with a likelihood of ${percent(cell.superiority, 1)}: ${elo(cell.difference, false)} Elo, standard error ${count(Math.round(cell.standardError))}. ${met}`;
}

/** One field of a match as each version has it. */
export interface FieldRow {
  readonly name: string;
  readonly values: readonly string[];
  readonly differs: boolean;
}

/** The fields of every version side by side; those in which they differ first. */
export function fieldRows(versions: MatchDetail["versions"]): readonly FieldRow[] {
  const rows = FIELDS.map(([name, say]) => {
    const values = versions.map(({ match }) => say(match));
    return { name, values, differs: new Set(values).size > 1 };
  });
  return [...rows.filter((row) => row.differs), ...rows.filter((row) => !row.differs)];
}

const FIELDS: readonly (readonly [string, (match: MatchView) => string])[] = [
  ["Result", resultWords],
  ["Players", (match) => match.players.join(", ")],
  ["Ended", (match) => `${utc(match.at, "second").replace(" UTC", "")}.${String(match.at % 1000).padStart(3, "0")} UTC`],
  ["Moves", (match) => (match.length === null ? "not counted" : count(match.length))],
  ["Took", (match) => (match.durationMs === null ? "not measured" : match.durationMs < 60_000 ? `${match.durationMs / 1000} s` : `${duration(match.durationMs)} (${count(match.durationMs)} ms)`)],
  ["Board", (match) => `${match.board}, ${match.numPlayers} seats`],
  ["Tournament", (match) => match.tournament ?? "none"],
  ["Recorded by", (match) => match.origin],
];

/** "v7 won", "draw of v7 and v3", "1st v7, 2nd v3 and v4, 4th v1" */
export function resultWords({ players, places }: Pick<MatchView, "players" | "places">): string {
  const at = (place: number) => players.filter((_, seat) => places[seat] === place);
  const firsts = at(1);
  if (firsts.length === players.length) return `draw of ${listed(firsts)}`;
  if (players.length === 2) return `${firsts[0]} won`;
  return [...new Set(places)].toSorted((a, b) => a - b).map((place) => `${ORDINALS[place - 1] ?? `${place}th`} ${listed(at(place))}`).join(", ");
}

const ORDINALS = ["1st", "2nd", "3rd"];

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

export const STRATEGY_WORDS: Readonly<Record<ConflictPage["strategy"], string>> = {
  last_write_wins: "the later one counts until a person decides",
  first_write_wins: "the earlier one counts until a person decides",
  skip: "none of them counts until a person decides",
  raise: "none of them counts until a person decides, and imports that bring one are refused",
};

/** Of all lines: the time they span and the scale that holds their bands. */
export function trajectoryFrame({ trajectories }: RatingTrajectories): { readonly span: readonly [number, number]; readonly scale: Scale } | null {
  const points = trajectories.flatMap((line) => line.points).filter((point) => point.elo !== null);
  if (points.length === 0) return null;
  const times = points.map((point) => point.at);
  const [from, to] = [times.reduce((a, b) => Math.min(a, b)), times.reduce((a, b) => Math.max(a, b))];
  // The first fits have intervals as wide as the world: the scale is that of the rest, and of every estimate.
  const settled = trajectories.flatMap((line) => line.points.slice(Math.floor(line.points.length / 4)));
  return { span: [from, Math.max(to, from + 1)], scale: scaleOf([...settled.flatMap((point) => [point.low, point.high]), ...points.map((point) => point.elo)]) };
}

/** Moves labels apart that would lie upon each other, keeping their order; positions and gap in one unit. */
export function spread(wanted: readonly number[], gap: number, [top, bottom]: readonly [number, number]): readonly number[] {
  const order = wanted.map((_, index) => index).toSorted((a, b) => wanted[a]! - wanted[b]!);
  const placed = wanted.slice();
  let least = top;
  for (const index of order) {
    placed[index] = Math.max(placed[index]!, least);
    least = placed[index]! + gap;
  }
  let most = bottom;
  for (const index of order.toReversed()) {
    placed[index] = Math.min(placed[index]!, most);
    most = placed[index]! - gap;
  }
  return placed;
}
