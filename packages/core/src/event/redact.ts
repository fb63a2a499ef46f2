import { sha256 } from "../digest/sha256.ts";

/** What is done with e-mail addresses: SHA-256 of `<salt>:<address in lower case>`; without a salt, `[email]` stands in their place. */
export interface RedactRule {
  readonly salt: string | null;
  /** How deep objects and lists may nest. */
  readonly depthMax: number;
}

/**
 * A copy of a JSON value without personal data, or null when it nests too deeply. E-mail addresses are hashed wherever
 * they stand; addresses of machines lose their last octet (IPv6: its last 80 bits); coordinates keep one decimal; names
 * of people, telephone numbers and passwords are dropped with their keys. What no store can keep as text (NUL, half a
 * surrogate pair) becomes U+FFFD.
 */
export function redact(value: unknown, rule: RedactRule): { readonly value: unknown } | null {
  const copy = redactValue(value, { rule, geo: false, depth: 0 });
  return copy === TOO_DEEP ? null : { value: copy };
}

const TOO_DEEP = Symbol("too deep");

interface Place {
  readonly rule: RedactRule;
  /** Whether numbers here are coordinates. */
  readonly geo: boolean;
  readonly depth: number;
}

function redactValue(value: unknown, place: Place): unknown {
  if (typeof value === "string") return place.geo ? roundedText(value, place.rule) : redactText(value, place.rule);
  if (typeof value === "number") return Number.isFinite(value) ? (place.geo ? oneDecimal(value) : value) : null;
  if (typeof value !== "object" || value === null) return value;
  if (place.depth >= place.rule.depthMax) return TOO_DEEP;
  return Array.isArray(value) ? redactList(value, place) : redactObject(value as Readonly<Record<string, unknown>>, place);
}

function redactList(list: readonly unknown[], place: Place): unknown {
  const copy: unknown[] = [];
  for (const item of list) {
    const kept = redactValue(item, { ...place, depth: place.depth + 1 });
    if (kept === TOO_DEEP) return TOO_DEEP;
    copy.push(kept);
  }
  return copy;
}

function redactObject(fields: Readonly<Record<string, unknown>>, place: Place): unknown {
  const copy: (readonly [string, unknown])[] = [];
  for (const [key, value] of Object.entries(fields)) {
    const word = wordOf(key);
    if (DROPPED.test(word)) continue;
    const kept = redactValue(value, { rule: place.rule, geo: place.geo || GEO.test(word), depth: place.depth + 1 });
    if (kept === TOO_DEEP) return TOO_DEEP;
    copy.push([redactText(key, place.rule), kept]);
  }
  return Object.fromEntries(copy);
}

/** `firstName`, `first-name` and `FIRST_NAME` are one word: `first_name`. */
function wordOf(key: string): string {
  return key.replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, "_").replaceAll(/[\s.-]+/g, "_").toLowerCase();
}

/** `name` alone is taken for a person's: a thing's is better called `meal_name` or `title`, which stay. */
const DROPPED = /^(?:.*_)?(?:(?:first|last|full|middle|maiden|given|family|display|nick|sur|user|contact|customer|person|patient)_?names?|(?:tele|mobile_)?phones?(?:_numbers?)?|password|passwd)$|^names?$/;

const GEO = /^(?:.*_)?(?:lat|latitude|lon|lng|long|longitude|latlng|lat_lng|lat_lon|geo|geo_?location|geo_?point|coordinates?|coords|gps|location)$/;

function redactText(text: string, { salt }: RedactRule): string {
  const kept = text.includes("\0") ? text.replaceAll("\0", "\uFFFD") : text;
  const plain = kept.toWellFormed();
  const withoutEmail = plain.includes("@") ? plain.replaceAll(EMAIL, (found) => (salt === null ? "[email]" : sha256(`${salt}:${found.toLowerCase()}`))) : plain;
  const withoutV4 = V4_HINT.test(withoutEmail) ? withoutEmail.replaceAll(IPV4, redactIpv4) : withoutEmail;
  return withoutV4.includes(":") ? withoutV4.replaceAll(IPV6_LIKE, (found) => redactIpv6(found) ?? found) : withoutV4;
}

const EMAIL = /[\p{L}\p{N}._%+'-]{1,64}@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,8}/gu;
const V4_HINT = /\d\.\d/;
const IPV4 = /(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?!\.?\d)/g;
const IPV6_LIKE = /(?<![\w:.])[0-9a-fA-F]{0,4}(?::[0-9a-fA-F]{0,4}){2,8}(?:\d{0,3}\.\d{1,3}\.\d{1,3}\.\d{1,3})?(?![\w:])/g;

function redactIpv4(text: string): string {
  const octets = text.split(".");
  return octets.every((octet) => Number(octet) <= 255) ? [...octets.slice(0, 3), "0"].join(".") : text;
}

/** The first 48 bits of an address, the site; null when it is none. */
function redactIpv6(text: string): string | null {
  const mapped = /^(.*:)(\d{1,3}\.\d{1,3}\.\d{1,3})\.\d{1,3}$/.exec(text);
  const colons = mapped === null ? text : `${mapped[1]}0:0`;
  const halves = colons.split("::");
  if (halves.length > 2) return null;
  const [head, tail] = halves.map((half) => (half === "" ? [] : half.split(":"))) as [string[], string[] | undefined];
  const given = head.length + (tail?.length ?? 0);
  if (tail === undefined ? given !== 8 : given > 7) return null;
  if ([...head, ...(tail ?? [])].some((group) => !/^[0-9a-fA-F]{1,4}$/.test(group))) return null;
  if (mapped !== null) return `${mapped[1]}${mapped[2]}.0`;
  const groups = tail === undefined ? head : [...head, ...Array.from({ length: 8 - given }, () => "0"), ...tail];
  const site = groups.slice(0, 3).map((group) => Number.parseInt(group, 16).toString(16));
  while (site.at(-1) === "0") site.pop();
  return `${site.join(":")}::`;
}

function roundedText(text: string, rule: RedactRule): string {
  return redactText(text, rule).replaceAll(/(?<![\d.])-?\d+\.\d+/g, (number) => String(oneDecimal(Number(number))));
}

function oneDecimal(value: number): number {
  const rounded = Math.round(value * 10) / 10;
  return rounded === 0 ? 0 : rounded;
}
