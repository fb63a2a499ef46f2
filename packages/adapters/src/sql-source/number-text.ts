/** A whole number from 0 up, as a database writes it; null when it is something else. */
export function wholeOf(text: string): number | null {
  const match = /^(\d{1,19})(?:\.0*)?$/.exec(text);
  return match === null ? null : Number(match[1]);
}

/** A decimal times 10^places, rounded half away from zero; exact however long its digits are. null when it is no number. */
export function scaledOf(text: string, places: number): bigint | null {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/.exec(text);
  if (match === null) return null;
  const [, sign, whole = "", part = "", exponent = "0"] = match;
  const digits = whole + part;
  if (digits === "") return null;
  const shift = places - part.length + Number(exponent);
  const value = BigInt(digits);
  const scaled = shift >= 0 ? value * 10n ** BigInt(shift) : rounded(value, 10n ** BigInt(-shift));
  return sign === "-" ? -scaled : scaled;
}

function rounded(value: bigint, by: bigint): bigint {
  return (value + by / 2n) / by;
}

/** Milliseconds since the Unix epoch: whole, or a date and time, of UTC where it names no zone. null when it is neither. */
export function instantOf(text: string): number | null {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  const match = /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d(?::\d\d(?:\.\d+)?)?))?\s*(Z|[+-]\d\d(?::?\d\d)?)?$/.exec(text);
  if (match === null) return null;
  const [, day, time = "00:00:00", zone = "Z"] = match;
  const at = Date.parse(`${day}T${time.replace(/(\.\d{3})\d+$/, "$1")}${zone === "Z" ? zone : zone.length === 3 ? `${zone}:00` : zone.replace(/^([+-]\d\d):?(\d\d)$/, "$1:$2")}`);
  return Number.isNaN(at) ? null : at;
}
