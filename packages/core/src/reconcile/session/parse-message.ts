import { Failure } from "../../failure/failure.ts";
import { isRecord } from "../../outcome/read-field.ts";
import type { SketchKey } from "../sketch/keyed-hash.ts";
import { CHUNK_SYMBOLS, NEXT, PAGE_RECORDS, WANTED_MAX, type Control, type Message, type Next, type Roots, type Symbols } from "./message.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Names in one version vector; a ladder has dozens of configurations and a site has dozens of nodes. */
const NAMES_MAX = 10_000;
const COUNT_MAX = 2 ** 31 - 1;

/**
 * A message from a peer; its records stay unparsed.
 *
 * @throws Failure `invalid_input` that names the place.
 */
export function parseMessage(value: unknown): Message {
  const fields = object(value, "the message");
  const session = text(fields, "session", 64);
  const seq = integer(fields, "seq", COUNT_MAX);
  if (fields["kind"] === "go_on") return { kind: "go_on", session, seq };
  if (fields["kind"] !== "part") throw wrong("kind", 'must be "part" or "go_on"');
  const control = fields["control"] === null ? null : parseControl(object(fields["control"], "control"));
  return { kind: "part", session, seq, control, records: list(fields, "records", PAGE_RECORDS), more: flag(fields, "more") };
}

function parseControl(fields: Fields): Control {
  const kind = fields["kind"];
  switch (kind) {
    case "hello":
      return { kind, version: integer(fields, "version", COUNT_MAX), scope: fields["scope"] === null ? null : names(fields, "scope"), configs: roots(fields, "configs"), origins: roots(fields, "origins") };
    case "answer":
      return { kind, configs: roots(fields, "configs"), origins: roots(fields, "origins"), next: nextOf(fields["next"]), symbols: fields["symbols"] === null ? null : parseSymbols(object(fields["symbols"], "symbols")) };
    case "ask":
      return { kind, from: integer(fields, "from", COUNT_MAX), to: integer(fields, "to", COUNT_MAX) };
    case "symbols":
      return { kind, symbols: parseSymbols(object(fields["symbols"], "symbols")) };
    case "want":
      return { kind, ids: text(fields, "ids", WANTED_MAX * 22) };
    case "bulk":
      return { kind };
    case "done": {
      const root = object(fields["root"], "root");
      return { kind, root: { count: integer(root, "count", COUNT_MAX), digest: hex(root["digest"], "root.digest") }, rejected: integer(fields, "rejected", COUNT_MAX), disturbed: flag(fields, "disturbed") };
    }
    default:
      throw wrong("control.kind", "is not known here");
  }
}

function parseSymbols(fields: Fields): Symbols {
  const key = list(fields, "key", 2);
  if (key.length !== 2 || !key.every((word) => Number.isInteger(word) && Math.abs(word as number) <= 2 ** 32)) throw wrong("symbols.key", "must be two 32-bit words");
  return { configs: names(fields, "configs"), key: key as unknown as SketchKey, from: integer(fields, "from", COUNT_MAX), count: integer(fields, "count", CHUNK_SYMBOLS), text: text(fields, "text", CHUNK_SYMBOLS * 40) };
}

function roots(fields: Fields, key: string): Roots {
  const seen = new Set<string>();
  return list(fields, key, NAMES_MAX).map((entry) => {
    if (!Array.isArray(entry) || entry.length !== 3) throw wrong(key, "must list [name, count, digest]");
    const [name, count, digest] = entry as readonly unknown[];
    const named = { name, count };
    const root = [text(named, "name", 300), integer(named, "count", COUNT_MAX), hex(digest, key)] as const;
    if (seen.has(root[0])) throw wrong(key, `names "${root[0]}" twice`);
    seen.add(root[0]);
    return root;
  });
}

function nextOf(value: unknown): Next {
  const next = NEXT.find((each) => each === value);
  if (next === undefined) throw wrong("next", `must be one of ${NEXT.join(", ")}`);
  return next;
}

function object(value: unknown, where: string): Fields {
  if (!isRecord(value)) throw wrong(where, "must be a JSON object");
  return value;
}

function list(fields: Fields, key: string, max: number): readonly unknown[] {
  const value = fields[key];
  if (!Array.isArray(value) || value.length > max) throw wrong(key, `must be a list of at most ${max}`);
  return value;
}

function names(fields: Fields, key: string): readonly string[] {
  return list(fields, key, NAMES_MAX).map((name) => text({ name }, "name", 300));
}

function text(fields: Fields, key: string, max: number): string {
  const value = fields[key];
  if (typeof value !== "string" || value.length > max) throw wrong(key, `must be text of at most ${max} characters`);
  return value;
}

function hex(value: unknown, where: string): string {
  if (typeof value !== "string" || !/^[0-9a-f]{32}$/.test(value)) throw wrong(where, "must be 32 hex digits");
  return value;
}

function integer(fields: Fields, key: string, max: number): number {
  const value = fields[key];
  if (!Number.isInteger(value) || (value as number) < 0 || (value as number) > max) throw wrong(key, `must be a whole number up to ${max}`);
  return value as number;
}

function flag(fields: Fields, key: string): boolean {
  const value = fields[key];
  if (typeof value !== "boolean") throw wrong(key, "must be true or false");
  return value;
}

function wrong(where: string, detail: string): Failure {
  return new Failure("invalid_input", `the peer's message can't be read: ${where} ${detail}`, { fix: "check that both nodes run versions that know each other" });
}
