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

/** With a minus that is as wide as a plus. */
export function signed(value: number): string {
  return value.toFixed(2).replace("-", "−");
}

/** A p-value: 0.043, or that it is smaller than can be shown. */
export function chance(value: number): string {
  return value < 0.001 ? "< 0.001" : value.toFixed(3);
}

export function plural(amount: number, one: string, many = `${one}s`): string {
  return `${count(amount)} ${amount === 1 ? one : many}`;
}
