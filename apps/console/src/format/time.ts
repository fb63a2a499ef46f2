const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** What a JavaScript date can hold, milliseconds either side of the epoch. */
const DATE_MAX = 8.64e15;

/** 2002-08-14 09:30 UTC; the seconds only where they matter. */
export function utc(at: number, precision: "minute" | "second" = "minute"): string {
  if (!(Math.abs(at) <= DATE_MAX)) return "outside the calendar";
  const text = new Date(at).toISOString();
  const [date = "", time = ""] = text.split("T");
  return `${date} ${time.slice(0, precision === "minute" ? 5 : 8)} UTC`;
}

/** The time of day alone, zone named: 09:30:07 UTC. */
export function utcTime(at: number): string {
  return utc(at, "second").split(" ").slice(1).join(" ");
}

/** For the `datetime` attribute; undefined when the calendar has no such day. */
export function isoTime(at: number): string | undefined {
  return Math.abs(at) <= DATE_MAX ? new Date(at).toISOString() : undefined;
}

/** The two largest units of a length of time: 3 d 4 h, 12 min, 45 s. */
export function duration(ms: number): string {
  const length = Math.abs(ms);
  if (length >= DAY) return units(length, [DAY, "d"], [HOUR, "h"]);
  if (length >= HOUR) return units(length, [HOUR, "h"], [MINUTE, "min"]);
  if (length >= MINUTE) return units(length, [MINUTE, "min"], [SECOND, "s"]);
  return `${Math.round(length / SECOND)} s`;
}

/** Of something awaited, by the controller's clock: "in 3 d 4 h", "now", "2 h overdue". */
export function due(at: number, now: number): string {
  const left = at - now;
  if (Math.abs(left) < SECOND) return "now";
  return left > 0 ? `in ${duration(left)}` : `${duration(left)} overdue`;
}

/** The same inside a sentence: "due in 3 d 4 h", "due now", "overdue by 2 h". */
export function dueWords(at: number, now: number): string {
  return at - now <= -SECOND ? `overdue by ${duration(at - now)}` : `due ${due(at, now)}`;
}

/** "3 d 4 h ago" */
export function ago(at: number, now: number): string {
  return now - at < SECOND ? "just now" : `${duration(now - at)} ago`;
}

type Named = readonly [ms: number, name: string];

function units(length: number, large: Named, small: Named): string {
  const whole = Math.floor(length / large[0]);
  const rest = Math.floor((length % large[0]) / small[0]);
  const lead = `${whole.toLocaleString("en-GB")} ${large[1]}`;
  // Minutes beside a hundred days are noise.
  return rest === 0 || whole >= 100 ? lead : `${lead} ${rest} ${small[1]}`;
}
