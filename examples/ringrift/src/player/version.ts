import { FEATURES } from "./features.ts";

/** What a version of the model is: the weights it has learnt, and how long it may think. */
export interface PlayerVersion {
  /** Of a stone more than the others, and so on, in the order of `FEATURES`; whole numbers, so that every machine plays the same. */
  readonly weights: readonly number[];
  /** Positions it looks at before a move. */
  readonly nodes: number;
}

/** The artifact as text. */
export function writeVersion({ weights, nodes }: PlayerVersion): string {
  return `${JSON.stringify({ game: "ringhold", weights: Object.fromEntries(FEATURES.map((feature, i) => [feature, weights[i]])), nodes })}\n`;
}

/** @throws Error when it is no version of this game, or a weight is missing or no whole number. */
export function readVersion(text: string): PlayerVersion {
  const { game, weights, nodes } = JSON.parse(text) as { readonly game: unknown; readonly weights: Readonly<Record<string, unknown>>; readonly nodes: unknown };
  if (game !== "ringhold") throw new Error(`this is a version of ${String(game)}, not of ringhold`);
  if (!Number.isSafeInteger(nodes) || (nodes as number) < 1) throw new Error(`nodes: ${String(nodes)} is no number of positions`);
  const unknown = Object.keys(weights).find((name) => !(FEATURES as readonly string[]).includes(name));
  if (unknown !== undefined) throw new Error(`weights: there is no feature ${unknown}`);
  return { nodes: nodes as number, weights: FEATURES.map((feature) => weightOf(weights[feature], feature)) };
}

function weightOf(weight: unknown, feature: string): number {
  if (!Number.isSafeInteger(weight)) throw new Error(`weights.${feature}: ${String(weight)} is no whole number`);
  return weight as number;
}
