import type { Api } from "../api/open-api.ts";

/**
 * Which time this is on a data directory: 1 for the first. Each round has models of its own, so that what was earned in one
 * is not undone for the next; `modelsOf` names them.
 */
export async function roundOf({ models }: { readonly models: Pick<Api["models"], "list"> }, modelsOf: (round: number) => readonly string[]): Promise<number> {
  const known = new Set((await models.list()).models.map((summary) => summary.model));
  let round = 1;
  while (modelsOf(round).some((model) => known.has(model))) round++;
  return round;
}

/** `name` in the first round, and later `name-round-2` … */
export function nameInRound(name: string, round: number): string {
  return `${name}${round === 1 ? "" : `-round-${round}`}`;
}
