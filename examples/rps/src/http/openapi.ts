import { z } from "zod";

import { operation, type DescribedOperation, type Operation } from "./operation.ts";
import { problem } from "./shapes.ts";

/** A JSON object of the document under construction. */
type Part = Readonly<Record<string, unknown>>;
type Io = "input" | "output";

/** `/openapi.json`: the OpenAPI 3.1 description of the routes, itself among them, made from what the router uses. */
export function openapiOperation(listed: readonly Operation[]): Operation {
  const self: Operation = operation({
    method: "GET",
    path: "/openapi.json",
    access: "open",
    summary: "This description",
    answer: z.looseObject({ openapi: z.literal("3.1.0") }),
    handle: async ({ options }) => openapiDocument([...listed, ...options.groups.flatMap(({ described: of = [] }) => of), self]),
  });
  return self;
}

/** OpenAPI 3.1, of the operations it is given. */
export function openapiDocument(operations: readonly DescribedOperation[]): Part {
  const shapes = new Map<string, unknown>();
  const schemaOf = (schema: z.ZodType, io: Io): unknown => jsonSchema(schema, io, shapes);
  const limited = { description: "Too many calls from one address without the token", headers: { "Retry-After": { description: "Seconds to wait", schema: { type: "integer" } } }, content: { "application/problem+json": { schema: schemaOf(problem, "output") } } };
  const refused = { description: "What went wrong, where, and how to mend it (RFC 9457)", content: { "application/problem+json": { schema: schemaOf(problem, "output") } } };
  const paths: Record<string, Part> = {};
  for (const one of operations) {
    const path = one.path.replaceAll(/:(\w+)/g, "{$1}");
    paths[path] = { ...paths[path], [one.method.toLowerCase()]: described(one, schemaOf) };
  }
  return {
    openapi: "3.1.0",
    info: { title: "Rock, paper, scissors", version: "0.1.0", description: "Games against bots whose models Gauntlet promotes.", license: { name: "Apache-2.0", identifier: "Apache-2.0" } },
    servers: [{ url: "/" }],
    paths,
    components: {
      securitySchemes: { token: { type: "http", scheme: "bearer", description: "The token that the platform was given, or showed at its first start" } },
      schemas: Object.fromEntries([...shapes].toSorted(([a], [b]) => (a < b ? -1 : 1))),
      responses: { Problem: refused, Limited: limited },
    },
  };
}

function described({ method, path, access, isLimited, summary, query, body, answer, types }: DescribedOperation, schemaOf: (schema: z.ZodType, io: Io) => unknown): Part {
  const content = answer === null ? Object.fromEntries((types ?? []).map((type) => [type, {}])) : { "application/json": { schema: schemaOf(answer, "output") } };
  const inPath = [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({ name, in: "path", required: true, schema: { type: "string" } }));
  return {
    summary,
    operationId: `${method.toLowerCase()}${path.replaceAll(/[/:._]+(\w)/g, (_, letter: string) => letter.toUpperCase())}`,
    parameters: [...inPath, ...(query === undefined ? [] : queryParameters(query))],
    ...(body === undefined ? {} : { requestBody: { required: true, content: { "application/json": { schema: schemaOf(body, "input") } } } }),
    responses: { 200: { description: summary, content }, ...(isLimited === true ? { 429: { $ref: "#/components/responses/Limited" } } : {}), default: { $ref: "#/components/responses/Problem" } },
    security: access === "open" ? [] : [{ token: [] }],
  };
}

/** The names of an object; of a choice of objects those of all, none of them required. */
function queryParameters(query: z.ZodType): readonly Part[] {
  const schema = z.toJSONSchema(query, { unrepresentable: "any", io: "input" }) as ObjectSchema & { readonly anyOf?: readonly ObjectSchema[] };
  return (schema.anyOf ?? [schema]).flatMap(({ properties = {}, required = [] }) => Object.entries(properties).map(([name, { description, ...rest }]) => ({ name, in: "query", required: schema.anyOf === undefined && required.includes(name), ...(description === undefined ? {} : { description }), schema: rest })));
}

interface ObjectSchema {
  readonly properties?: Readonly<Record<string, { readonly description?: string }>>;
  readonly required?: readonly string[];
}

/** Named shapes go to `shapes`, and are referred to. */
function jsonSchema(schema: z.ZodType, io: Io, shapes: Map<string, unknown>): unknown {
  const document = z.toJSONSchema(z.object({ schema }), { unrepresentable: "any", io });
  const { $defs = {}, properties } = JSON.parse(JSON.stringify(document).replaceAll('"#/$defs/', '"#/components/schemas/')) as { readonly $defs?: Part; readonly properties: { readonly schema: unknown } };
  for (const [name, shape] of Object.entries($defs)) shapes.set(name, shape);
  return properties.schema;
}
