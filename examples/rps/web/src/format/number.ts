const WHOLE = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

/** Points have one decimal: 1.5. */
export function points(value: number): string {
  return value.toFixed(1);
}

export function count(value: number): string {
  return WHOLE.format(value);
}

/** @param share of 1. */
export function percent(share: number, digits = 0): string {
  return `${(share * 100).toFixed(digits)}%`;
}

export function plural(amount: number, one: string, many = `${one}s`): string {
  return `${count(amount)} ${amount === 1 ? one : many}`;
}
