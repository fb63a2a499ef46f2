const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const HOUR_MS = 3_600_000;

/** Hours east of Greenwich of the zone names the mails use (RFC 2822 §4.3 and what European servers add). */
const ZONE_HOURS: Readonly<Record<string, number>> = {
  ut: 0, utc: 0, gmt: 0, z: 0, bst: 1, ist: 1, cet: 1, cest: 2, eest: 3, msd: 4,
  est: -5, edt: -4, cst: -6, cdt: -5, mst: -7, mdt: -6, pst: -8, pdt: -7, hst: -10,
};

/** `Thu, 22 Aug 2002 18:26:25 +0700 (ICT)`: the weekday, the seconds and the zone may be missing. */
const DAY_FIRST = /(\d{1,2})[ -]+([a-z]{3})[a-z]*[ -]+(\d{2,4})[ ,]+(\d{1,2}):(\d{1,2})(?::(\d{1,2}))?\s*(am|pm)?\s*(.*)$/i;
/** `Thu Aug 22 12:36:23 2002`, as mail boxes write it. */
const YEAR_LAST = /([a-z]{3}) +(\d{1,2}) +(\d{1,2}):(\d{1,2}):(\d{1,2}) +(?:([a-z]{3,4}) +)?(\d{4})/i;
/** `2002/08/22 Thu 12:36:23 CDT`. */
const YEAR_FIRST = /(\d{4})[/-](\d{1,2})[/-](\d{1,2})[ T]+(?:[a-z]{3} +)?(\d{1,2}):(\d{1,2})(?::(\d{1,2}))?\s*(.*)$/i;

/**
 * Milliseconds since the Unix epoch of a date as mails write it, or null. Not `Date.parse`: that reads a date
 * without a zone in the time zone of the machine, and its tolerance is the engine's business. A missing or
 * unknown zone is taken as UTC; two-digit years from 50 on are 19xx; three-digit years count from 1900 (RFC 2822 §4.3).
 */
export function parseDate(written: string): number | null {
  const dayFirst = DAY_FIRST.exec(written);
  if (dayFirst !== null) {
    const [, day, month, year, hour, minute, second, half, zone] = dayFirst;
    const clock = [onTwelveHours(Number(hour), half), Number(minute), Number(second ?? 0)] as const;
    return instant([fullYear(Number(year)), monthOf(month), Number(day)], clock, zone);
  }
  const yearFirst = YEAR_FIRST.exec(written);
  if (yearFirst !== null) {
    const [, year, month, day, hour, minute, second, zone] = yearFirst;
    return instant([Number(year), Number(month) - 1, Number(day)], [Number(hour), Number(minute), Number(second ?? 0)], zone);
  }
  const yearLast = YEAR_LAST.exec(written);
  if (yearLast === null) return null;
  const [, month, day, hour, minute, second, zone, year] = yearLast;
  return instant([Number(year), monthOf(month), Number(day)], [Number(hour), Number(minute), Number(second)], zone);
}

type Three = readonly [number, number, number];

function instant([year, month, day]: Three, [hour, minute, second]: Three, zone: string | undefined): number | null {
  if (month < 0 || month > 11 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60) return null;
  return Date.UTC(year, month, day, hour, minute, second) - zoneHours(zone ?? "") * HOUR_MS;
}

function zoneHours(written: string): number {
  const numeric = /^([+-])(\d{2})(\d{2})\b/.exec(written);
  if (numeric !== null) {
    const hours = Number(numeric[2]) + Number(numeric[3]) / 60;
    return hours > 14 ? 0 : numeric[1] === "-" ? -hours : hours;
  }
  const name = /^\(?([a-z]{1,4})\b/i.exec(written);
  return name === null ? 0 : (ZONE_HOURS[name[1]!.toLowerCase()] ?? 0);
}

function monthOf(name: string | undefined): number {
  return MONTHS.indexOf((name ?? "").toLowerCase());
}

function fullYear(year: number): number {
  if (year < 50) return 2000 + year;
  return year < 1000 ? 1900 + year : year;
}

function onTwelveHours(hour: number, half: string | undefined): number {
  if (half === undefined || hour > 12) return hour;
  return (hour % 12) + (half.toLowerCase() === "pm" ? 12 : 0);
}
