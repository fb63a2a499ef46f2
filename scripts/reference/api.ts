import { parseConfig, startServer } from "@gauntlet/server";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { code, page, table } from "./markdown.ts";

/** What of an OpenAPI document is shown. */
export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Shape>> };
}

interface Operation {
  readonly summary: string;
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly required: boolean; readonly description?: string }[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly description?: string; readonly content?: Content }>>;
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
}

type Content = Readonly<Record<string, { readonly schema?: Shape }>>;

interface Shape {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly items?: Shape;
  readonly anyOf?: readonly Shape[];
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Shape | boolean;
}

export async function apiPage(): Promise<string> {
  return page("The HTTP API", [
    "A running server describes itself as OpenAPI 3.1 at `/openapi.json`; this page is made from that. Send a token as `Authorization: Bearer …`. A role may do what the roles before it may: `viewer`, `ingest`, `operator`. While the server listens on loopback, what a viewer may do needs no token. Errors are [problem details](errors.md). Instants are milliseconds since the Unix epoch.",
    "The embedded registry answers MLflow's own paths beside these: see [MLflow](../guides/mlflow.md).",
    ...apiParts(await served()),
  ]);
}

/** A table of the calls, each of them, and the shapes they share. */
export function apiParts({ paths, components }: OpenApi): readonly string[] {
  const operations = Object.entries(paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ title: `${method.toUpperCase()} ${path}`, operation })));
  return [
    table(["call", "role", ""], operations.map(({ title, operation }) => [`[${code(title)}](#${anchor(title)})`, roleOf(operation), operation.summary])),
    ...operations.flatMap(({ title, operation }) => operationParts(title, operation)),
    "# Shapes",
    ...Object.entries(components.schemas).flatMap(([name, shape]) => [`## ${name}`, ...(shape.description === undefined ? [] : [`${shape.description}.`]), fieldTable(shape)]),
  ].filter((part) => part !== "");
}

async function served(): Promise<OpenApi> {
  const dataDir = mkdtempSync(join(tmpdir(), "gauntlet-reference-"));
  const server = await startServer({ ...parseConfig("", "the default configuration", {}), dataDir }, { listen: false, loop: false, log: () => undefined });
  try {
    return (await (await server.fetch(new Request("http://127.0.0.1/openapi.json"))).json()) as OpenApi;
  } finally {
    await server.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

function operationParts(title: string, operation: Operation): readonly string[] {
  const parameters = operation.parameters.map(({ name, in: place, required, description }) => [code(name), place, required ? "**needed**" : "", description ?? ""]);
  const answers = Object.entries(operation.responses)
    .filter(([status]) => status !== "default")
    .map(([status, { description, content = {} }]) => [status, contentOf(content), status === "200" || status === "201" ? "" : (description ?? "")]);
  return [
    `## ${title}`,
    `${operation.summary}. Role: ${roleOf(operation)}.`,
    table(["parameter", "in", "", "meaning"], parameters),
    operation.requestBody === undefined ? "" : `Body: ${contentOf(operation.requestBody.content)}`,
    table(["status", "answer", ""], answers),
  ];
}

/** The least that is needed; where there is one token for everything, that. */
function roleOf({ security }: Operation): string {
  const needed = security.flatMap((one) => one["token"] ?? []);
  return needed[0] ?? (security.length === 1 ? "token" : "none");
}

function contentOf(content: Content): string {
  return Object.entries(content)
    .map(([type, { schema }]) => (schema === undefined ? code(type) : typeOf(schema)))
    .join(", ");
}

function fieldTable({ properties = {}, required = [] }: Shape): string {
  return table(["field", "type", "", "meaning"], Object.entries(properties).map(([name, shape]) => [code(name), typeOf(shape), required.includes(name) ? "" : "may be left out", shape.description ?? ""]));
}

function typeOf(shape: Shape): string {
  if (shape.$ref !== undefined) return reference(shape.$ref.split("/").at(-1) ?? "");
  if (shape.enum !== undefined) return shape.enum.map((value) => code(String(value))).join(", ");
  if (shape.anyOf !== undefined) return shape.anyOf.map(typeOf).join(" or ");
  if (shape.items !== undefined) return `list of ${typeOf(shape.items)}`;
  if (typeof shape.additionalProperties === "object" && shape.properties === undefined) return `by name: ${typeOf(shape.additionalProperties)}`;
  if (shape.properties !== undefined) return `{ ${Object.keys(shape.properties).join(", ")} }`;
  return [shape.type ?? "any"].flat().join(" or ");
}

function reference(name: string): string {
  return `[${name}](#${name.toLowerCase()})`;
}

/** As GitHub makes it of a heading. */
function anchor(title: string): string {
  return title.toLowerCase().replaceAll(/[^\w\s-]/g, "").replaceAll(" ", "-");
}
