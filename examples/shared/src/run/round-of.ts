import type { Api } from "../api/open-api.ts";

/**
 * Which time this is on a data directory: 1 for the first. Each round has models of its own, so that what was earned in one
 * is not undone for the next; `modelsOf` names them.
 */
export async function roundOf(api: Api, modelsOf: (round: number) => readonly string[]): Promise<number> {
  const { models } = await api.models.list();
  const known = new Set(models.map((model) => model.model));
  let round = 1;
  while (modelsOf(round).some((model) => known.has(model))) round++;
  return round;
}

/** `name` in the first round, and later `name-round-2` … */
export function nameInRound(name: string, round: number): string {
  return `${name}${round === 1 ? "" : `-round-${round}`}`;
}
