import { code, table } from "./markdown.ts";

/** The parts of JSON Schema that our files use. */
export interface Schema {
  readonly type?: string | readonly string[];
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
}

/** A table of the object's keys, then one for every object inside it, named by its path. */
export function schemaTables(schema: Schema, path = ""): readonly string[] {
  // What tells a member of a union from the others stands in its heading.
  const keys = Object.entries(schema.properties ?? {}).filter(([, value]) => value.const === undefined || value.description !== undefined);
  const rows = keys.map(([key, value]) => [code(key), typeOf(value), defaultOf(value, schema.required?.includes(key) === true), value.description ?? ""]);
  return [table(["key", "type", "default", "meaning"], rows), ...keys.flatMap(([key, value]) => inside(value, `${path}${key}`))];
}

function inside(schema: Schema, path: string): readonly string[] {
  if (schema.items !== undefined) return inside(schema.items, `${path}[]`);
  if (typeof schema.additionalProperties === "object") return inside(schema.additionalProperties, `${path}.<name>`);
  const members = (schema.oneOf ?? schema.anyOf ?? []).filter(({ properties }) => properties !== undefined);
  if (members.length > 0) return members.flatMap((member) => described(member, path, members.length > 1 ? chooser(member) : ""));
  return schema.properties === undefined ? [] : described(schema, path, "");
}

function described(schema: Schema, path: string, which: string): readonly string[] {
  return [`## ${code(path)}${which}`, ...(schema.description === undefined ? [] : [sentence(schema.description)]), ...schemaTables(schema, `${path}.`).filter((part) => part !== "")];
}

function sentence(text: string): string {
  return `${(text[0] ?? "").toUpperCase()}${text.slice(1)}${text.endsWith(".") ? "" : "."}`;
}

/** What tells a member of a union from the others: the values that can be nothing else. */
function chooser({ properties = {} }: Schema): string {
  const [found] = Object.entries(properties).filter(([, value]) => value.const !== undefined && value.description === undefined);
  return found === undefined ? "" : `: ${code(`${found[0]}: ${String(found[1].const)}`)}`;
}

function typeOf(schema: Schema): string {
  if (schema.const !== undefined) return code(String(schema.const));
  if (schema.enum !== undefined) return schema.enum.map((value) => code(String(value))).join(", ");
  if (schema.title !== undefined) return schema.title;
  const members = schema.oneOf ?? schema.anyOf;
  if (members !== undefined) return [...new Set(members.map(typeOf))].join(" or ");
  if (schema.items !== undefined) return `list of ${typeOf(schema.items)}`;
  if (typeof schema.additionalProperties === "object") return `by name: ${typeOf(schema.additionalProperties)}`;
  if (schema.type === "integer" || schema.type === "number") return numberType(schema);
  return { string: "text", boolean: "`true`, `false`", object: "object", null: "null" }[String(schema.type)] ?? String(schema.type ?? "any");
}

function numberType({ type, minimum, exclusiveMinimum, maximum }: Schema): string {
  const from = minimum === undefined || minimum === Number.MIN_SAFE_INTEGER ? "" : ` from ${minimum}`;
  const above = exclusiveMinimum === undefined ? "" : ` above ${exclusiveMinimum}`;
  const to = maximum === undefined || maximum === Number.MAX_SAFE_INTEGER ? "" : ` to ${maximum}`;
  return `${type === "integer" ? "whole number" : "number"}${from}${above}${to}`;
}

function defaultOf(schema: Schema, required: boolean): string {
  if (required) return "**needed**";
  if (schema.default === undefined) return "none";
  return JSON.stringify(schema.default) === "{}" ? "see below" : code(typeof schema.default === "string" ? schema.default : JSON.stringify(schema.default));
}
