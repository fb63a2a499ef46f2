import { Failure, nearest } from "@gauntlet/core";

/** What a selector may ask for, in braces inside a quoted label value: `{model="{model}",slot="{slot}"}`. */
const PLACEHOLDERS = ["model", "version", "slot", "epoch"] as const;

type Placeholder = (typeof PLACEHOLDERS)[number];

type SelectorValues = Readonly<Record<Placeholder, string>>;

/** A parsed template. `withValues` gives PromQL in which the values are text, whatever is in them. */
export interface Selector {
  readonly text: string;
  /** A label tells epochs apart, so that a counter of it began with the epoch. */
  readonly byEpoch: boolean;
  withValues(values: SelectorValues): string;
}

/**
 * Reads the template of one counter: a plain selector, since resets show in raw samples only, never in a sum or rate of them.
 * @throws Failure `invalid_input` saying what is wrong with it.
 */
export function parseSelector(text: string): Selector {
  const parts = partsOf(text);
  const outside = parts.map((part) => (part.kind === "code" ? part.text : "")).join("");
  const stray = /\{(?:model|version|slot|epoch)\}/.exec(outside);
  if (stray !== null) throw wrong(text, `${stray[0]} stands outside quotes`, `write it as a label's value, such as version="{version}"`);
  const expression = /[()[\]@]|\boffset\b|\bby\b|\bwithout\b/.exec(outside);
  if (expression !== null) {
    throw wrong(text, `"${expression[0]}" makes it an expression, not a plain selector`, "name the counter and its labels only; Gauntlet reads its raw samples and adds up what came between them, resets included");
  }
  const used = new Set(parts.flatMap((part) => (part.kind === "value" ? [part.name] : [])));
  if (!used.has("version") && !used.has("slot")) throw wrong(text, "it asks neither for {version} nor for {slot}, so every version would have the same counts", 'add a label such as version="{version}"');
  return {
    text,
    byEpoch: used.has("epoch"),
    withValues: (values) => parts.map((part) => (part.kind === "code" ? part.text : part.kind === "text" ? part.raw : quoted(values[part.name], part))).join(""),
  };
}

/** A value as the inside of a quoted string; `pattern` for the matchers =~ and !~. */
function quoted(value: string, { quote, pattern }: { readonly quote: string; readonly pattern: boolean }): string {
  const meant = pattern ? value.replaceAll(/[\\.+*?()|[\]{}^$]/g, String.raw`\$&`) : value;
  return [...meant].map((character) => escaped(character, quote)).join("");
}

function escaped(character: string, quote: string): string {
  if (character === "\\" || character === quote) return `\\${character}`;
  const code = character.codePointAt(0) ?? 0;
  return code < 0x20 || code === 0x7f ? `\\x${code.toString(16).padStart(2, "0")}` : character;
}

type Part =
  | { readonly kind: "code"; readonly text: string }
  /** Text inside quotes, as it was written. */
  | { readonly kind: "text"; readonly raw: string }
  | { readonly kind: "value"; readonly name: Placeholder; readonly quote: string; readonly pattern: boolean };

function partsOf(text: string): readonly Part[] {
  const parts: Part[] = [];
  let at = 0;
  while (at < text.length) {
    const open = text.slice(at).search(/["'`]/);
    if (open === -1) {
      parts.push({ kind: "code", text: text.slice(at) });
      break;
    }
    const code = text.slice(at, at + open);
    const quote = text[at + open] as string;
    const end = closing(text, at + open);
    parts.push({ kind: "code", text: code + quote }, ...valueParts(text, text.slice(at + open + 1, end), { quote, pattern: /[=!]~\s*$/.test(code) }), { kind: "code", text: quote });
    at = end + 1;
  }
  return parts;
}

function closing(text: string, open: number): number {
  const quote = text[open];
  for (let at = open + 1; at < text.length; at++) {
    if (text[at] === "\\" && quote !== "`") at++;
    else if (text[at] === quote) return at;
  }
  throw wrong(text, "a quote is not closed", "close it");
}

function valueParts(text: string, inside: string, how: { readonly quote: string; readonly pattern: boolean }): readonly Part[] {
  return inside.split(/(\{[A-Za-z_]+\})/).map((piece): Part => {
    const name = /^\{([A-Za-z_]+)\}$/.exec(piece)?.[1];
    if (name === undefined) return { kind: "text", raw: piece };
    const known = PLACEHOLDERS.find((one) => one === name);
    if (known === undefined) throw wrong(text, `{${name}} is no placeholder`, `write ${nearest(name, PLACEHOLDERS) === null ? PLACEHOLDERS.map((one) => `{${one}}`).join(", ") : `{${nearest(name, PLACEHOLDERS) ?? ""}}`}`);
    if (how.quote === "`") throw wrong(text, `{${name}} stands between backquotes, where nothing can be escaped`, "use double quotes");
    return { kind: "value", name: known, ...how };
  });
}

function wrong(text: string, detail: string, fix: string): Failure {
  return new Failure("invalid_input", `selector ${text}: ${detail}`, { fix });
}
