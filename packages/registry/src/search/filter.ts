import { invalid } from "../request/problem.ts";

export type Comparator = "=" | "!=" | ">" | ">=" | "<" | "<=" | "LIKE" | "ILIKE" | "IN" | "NOT IN" | "IS NULL" | "IS NOT NULL";

/** One comparison of a filter; comparisons are joined by AND, there is no OR. */
export interface Comparison {
  readonly entity: "attribute" | "tag" | "param" | "metric";
  readonly key: string;
  readonly comparator: Comparator;
  readonly value: FilterValue;
}

export type FilterValue =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "number"; readonly number: number }
  | { readonly kind: "list"; readonly texts: readonly string[] }
  | { readonly kind: "none" };

/** Parses MLflow's filter language: `name = 'x' AND tags.\`a.b\` LIKE '%c%' AND metrics.f1 > 0.5`. */
export function parseFilter(filter: string | undefined): readonly Comparison[] {
  const tokens = tokenize(filter ?? "");
  const result: Comparison[] = [];
  let at = 0;
  while (at < tokens.length) {
    if (result.length > 0) {
      if (word(tokens[at]) !== "AND") throw bad(filter, "expected AND");
      at += 1;
    }
    const parsed = parseComparison(tokens, at, filter);
    result.push(parsed.comparison);
    at = parsed.next;
  }
  return result;
}

type Token =
  | { readonly kind: "name"; readonly parts: readonly string[] }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "number"; readonly number: number }
  | { readonly kind: "sign"; readonly sign: string };

// A name is one or two parts, the second perhaps in backquotes or double quotes: tags.`a b`, tags."a.b", tags.a.b.
const TOKEN = /\s*(?:(?<text>'(?:[^']|'')*'|"(?:[^"]|"")*")|(?<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(?![\w.])|(?<name>(?:[\p{L}_][\p{L}\p{N}_-]*|`[^`]*`)(?:\.(?:[\p{L}\p{N}_.:/-]+|`[^`]*`|"[^"]*"))?)|(?<sign>!=|<>|>=|<=|[=<>(),]))/uy;

function tokenize(filter: string): readonly Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (filter.slice(TOKEN.lastIndex).trim() !== "") {
    const from = TOKEN.lastIndex;
    const groups = TOKEN.exec(filter)?.groups;
    if (groups === undefined) throw bad(filter, `can't read ${JSON.stringify(filter.slice(from, from + 20))}`);
    const { text, number, name, sign } = groups;
    if (text !== undefined) tokens.push({ kind: "text", text: unquote(text) });
    else if (number !== undefined) tokens.push({ kind: "number", number: Number(number) });
    else if (name !== undefined) tokens.push({ kind: "name", parts: nameParts(name) });
    else tokens.push({ kind: "sign", sign: sign === "<>" ? "!=" : (sign ?? "") });
  }
  return tokens;
}

function parseComparison(tokens: readonly Token[], from: number, filter: string | undefined): { readonly comparison: Comparison; readonly next: number } {
  const identifier = tokens[from];
  // `"a" = 'b'` quotes the name too.
  const parts = identifier?.kind === "name" ? identifier.parts : identifier?.kind === "text" ? [identifier.text] : null;
  if (parts === null) throw bad(filter, "expected a name");
  const { comparator, next } = parseComparator(tokens, from + 1, filter);
  const { value, next: end } = parseValue(tokens, next, comparator, filter);
  return { comparison: { ...entityOf(parts, filter), comparator, value }, next: end };
}

function parseComparator(tokens: readonly Token[], at: number, filter: string | undefined): { readonly comparator: Comparator; readonly next: number } {
  const token = tokens[at];
  if (token?.kind === "sign" && ["=", "!=", ">", ">=", "<", "<="].includes(token.sign)) return { comparator: token.sign as Comparator, next: at + 1 };
  const first = word(token);
  const second = word(tokens[at + 1]);
  if (first === "LIKE" || first === "ILIKE" || first === "IN") return { comparator: first, next: at + 1 };
  if (first === "NOT" && second === "IN") return { comparator: "NOT IN", next: at + 2 };
  if (first === "IS" && second === "NULL") return { comparator: "IS NULL", next: at + 2 };
  if (first === "IS" && second === "NOT" && word(tokens[at + 2]) === "NULL") return { comparator: "IS NOT NULL", next: at + 3 };
  throw bad(filter, "expected a comparison: =, !=, >, >=, <, <=, LIKE, ILIKE, IN, NOT IN");
}

// oxlint-disable-next-line max-params
function parseValue(tokens: readonly Token[], at: number, comparator: Comparator, filter: string | undefined): { readonly value: FilterValue; readonly next: number } {
  if (comparator === "IS NULL" || comparator === "IS NOT NULL") return { value: { kind: "none" }, next: at };
  const token = tokens[at];
  if (comparator !== "IN" && comparator !== "NOT IN") {
    if (token?.kind === "text") return { value: { kind: "text", text: token.text }, next: at + 1 };
    if (token?.kind === "number") return { value: { kind: "number", number: token.number }, next: at + 1 };
    throw bad(filter, "expected text in quotes or a number");
  }
  if (!isSign(token, "(")) throw bad(filter, "expected a list in brackets");
  const texts: string[] = [];
  for (let next = at + 1; ; next += 2) {
    const entry = tokens[next];
    if (entry?.kind !== "text") throw bad(filter, "expected text in quotes in the list");
    texts.push(entry.text);
    if (isSign(tokens[next + 1], ")")) return { value: { kind: "list", texts }, next: next + 2 };
    if (!isSign(tokens[next + 1], ",")) throw bad(filter, "expected a comma or the end of the list");
  }
}

const ENTITIES: Readonly<Record<string, Comparison["entity"]>> = {
  attribute: "attribute", attributes: "attribute", attr: "attribute", run: "attribute",
  tag: "tag", tags: "tag", param: "param", params: "param", parameter: "param", parameters: "param", metric: "metric", metrics: "metric",
};

function entityOf(parts: readonly string[], filter: string | undefined): Pick<Comparison, "entity" | "key"> {
  const [first = "", second] = parts;
  if (second === undefined) return { entity: "attribute", key: first };
  const entity = ENTITIES[first];
  if (entity === undefined) throw bad(filter, `'${first}' is not one of attributes, tags, params, metrics`);
  return { entity, key: second };
}

/** Splits an identifier as the filter and the order-by clause write it. */
export function nameParts(name: string): readonly string[] {
  if (name.startsWith("`") && name.endsWith("`") && !name.slice(1, -1).includes("`")) {
    const inner = name.slice(1, -1);
    const dot = inner.indexOf(".");
    // A whole identifier may be quoted: `metrics.f1 score`.
    return dot > 0 && ENTITIES[inner.slice(0, dot)] !== undefined ? [inner.slice(0, dot), inner.slice(dot + 1)] : [inner];
  }
  const dot = name.indexOf(".");
  return dot === -1 ? [name] : [name.slice(0, dot), name.slice(dot + 1).replaceAll(/^[`"]|[`"]$/g, "")];
}

function unquote(text: string): string {
  const quote = text.charAt(0);
  return text.slice(1, -1).replaceAll(quote + quote, quote);
}

function isSign(token: Token | undefined, sign: string): boolean {
  return token?.kind === "sign" && token.sign === sign;
}

function word(token: Token | undefined): string | null {
  return token?.kind === "name" && token.parts.length === 1 ? (token.parts[0] ?? "").toUpperCase() : null;
}

function bad(filter: string | undefined, why: string): Error {
  return invalid(`Invalid filter ${JSON.stringify(filter ?? "")}: ${why}.`);
}
