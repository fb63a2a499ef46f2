const UNITS: readonly (readonly [seconds: number, unit: Intl.RelativeTimeFormatUnit])[] = [
  [86_400, "day"],
  [3600, "hour"],
  [60, "minute"],
  [1, "second"],
];
const WORDS = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

/** "3 minutes ago". @param at an instant, ISO 8601. @param now milliseconds since the Unix epoch. */
export function ago(at: string, now: number): string {
  const seconds = Math.round((now - Date.parse(at)) / 1000);
  const [size, unit] = UNITS.find(([size]) => seconds >= size) ?? UNITS.at(-1)!;
  return WORDS.format(-Math.floor(Math.max(0, seconds) / size), unit);
}
