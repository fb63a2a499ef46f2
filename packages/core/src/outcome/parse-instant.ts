/**
 * Milliseconds since the Unix epoch of ISO-8601 text with a zone (`2026-01-31T12:00:00.5+01:00`, seconds and their
 * fraction may be left out, what is finer than a millisecond is cut off), or null when it is not such a text or names
 * no instant, as the 30th of February. The proleptic Gregorian calendar; no leap seconds.
 */
export function parseInstant(text: string): number | null {
  if (text.length > 40) return null;
  const parts = INSTANT.exec(text);
  if (parts === null) return null;
  const [, year, month, day, hour, minute] = parts.map(Number) as [number, number, number, number, number, number];
  const second = Number(parts[6] ?? 0);
  const millisecond = Number((parts[7] ?? "").padEnd(3, "0").slice(0, 3));
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month) || hour > 23 || minute > 59 || second > 59) return null;
  const zone = zoneMinutes(parts[8] as string);
  if (zone === null) return null;
  return ((daysSinceEpoch(year, month, day) * 24 + hour) * 60 + minute - zone) * 60_000 + second * 1000 + millisecond;
}

const INSTANT = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,12}))?)?(Z|[+-]\d\d(?::?\d\d)?)$/;

function zoneMinutes(zone: string): number | null {
  if (zone === "Z") return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(3).replace(":", "") || 0);
  if (hours > 23 || minutes > 59) return null;
  return (zone.startsWith("-") ? -1 : 1) * (hours * 60 + minutes);
}

/** Days from 1970-01-01, counted in years that begin in March, so that the leap day is their last. */
function daysSinceEpoch(year: number, month: number, day: number): number {
  const marchYear = month < 3 ? year - 1 : year;
  const monthFromMarch = (month + 9) % 12;
  const leapDays = Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400);
  const dayOfYear = Math.floor((153 * monthFromMarch + 2) / 5) + day - 1;
  return marchYear * 365 + leapDays + dayOfYear - DAYS_TO_EPOCH;
}

/** From the first of March of year 0 to 1970-01-01. */
const DAYS_TO_EPOCH = 719_468;

function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}
