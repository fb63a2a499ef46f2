import type { Chance } from "@gauntlet/core";

/** 12.4 % */
export function share({ share: value }: Chance): string {
  return `${(value * 100).toFixed(1)} %`;
}

/** 9.8–15.6 % */
export function interval({ low, high }: Chance): string {
  return `${(low * 100).toFixed(1)}–${(high * 100).toFixed(1)} %`;
}

/** At most four digits. */
export function percent(value: number): string {
  return `${Number((value * 100).toPrecision(4))} %`;
}
