import { randomStream } from "@gauntlet/core";

import { poisson } from "../chance/draw.ts";
import type { Household } from "./household.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** By hour of the day (UTC): people plan before lunch and, most of all, before dinner. */
const HOURS = [1, 1, 1, 1, 1, 2, 4, 7, 10, 14, 18, 16, 10, 8, 9, 14, 22, 26, 22, 14, 9, 6, 4, 2];
/** Monday to Sunday: the week's shopping is planned on Friday, Saturday and Sunday. */
const DAYS = [0.9, 0.8, 0.8, 0.95, 1.15, 1.2, 1.2];
const PER_DAY = HOURS.reduce((sum, weight) => sum + weight, 0);

/** A household asks for a plan. */
export interface Arrival {
  /** Unique in the world, and the same again for the same seed. */
  readonly id: number;
  readonly at: number;
  readonly household: Household;
  /** Load at that hour against the day's mean; 1 is the mean. */
  readonly load: number;
}

export interface Arrivals {
  /** Who asks in the hour that begins at `hourAt`, in order of time. */
  within(hourAt: number): readonly Arrival[];
}

/** A Poisson stream whose rate goes by the hour of the day and the day of the week, shared out by how often a household plans. */
export function arrivalsOf(households: readonly Household[], seed: number): Arrivals {
  const cumulative: number[] = [];
  let perWeek = 0;
  for (const household of households) cumulative.push((perWeek += household.plansPerWeek));
  const whose = (u: number): Household => {
    let low = 0;
    let high = cumulative.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((cumulative[middle] as number) < u * perWeek) low = middle + 1;
      else high = middle;
    }
    return households[low] as Household;
  };
  return {
    within(hourAt) {
      const hour = Math.floor(hourAt / HOUR_MS);
      const random = randomStream(seed, hour);
      const share = rateShare(hourAt);
      const count = poisson(random, (perWeek / 7) * share);
      const found = Array.from({ length: count }, () => ({ at: hourAt + Math.floor(random() * HOUR_MS), household: whose(random()) }));
      return found.toSorted((a, b) => a.at - b.at).map((one, i) => ({ ...one, id: hour * 4096 + i, load: share * 24 }));
    },
  };
}

/** Of a mean day's plans, the share that falls into this hour. */
function rateShare(hourAt: number): number {
  const hour = Math.floor((hourAt % DAY_MS) / HOUR_MS);
  // 1 January 1970 was a Thursday; the week here begins on Monday.
  const day = (Math.floor(hourAt / DAY_MS) + 3) % 7;
  return ((HOURS[hour] as number) / PER_DAY) * (DAYS[day] as number);
}
