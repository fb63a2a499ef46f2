import { problem, serviceError } from "@gauntlet/contract";
import { z } from "zod";

import type { Access } from "../auth/authenticate.ts";
import { isServicePath } from "../http/service-error.ts";
import type { Operation } from "./operation.ts";

/** A JSON object of the document under construction. */
type Part = Readonly<Record<string, unknown>>;

/**
 * The OpenAPI 3.1 description of every route, made from what the router itself uses. Shapes that have a name are
 * components, each once. The role a call needs is named in its security requirement.
 */
export function openapiDocument(operations: readonly Operation[], version: string): unknown {
  const shapes = new Map<string, unknown>();
  const schemaOf = (schema: z.ZodType, io: Io) => jsonSchema(schema, io, shapes);
  const answers = {
    Problem: { description: "What went wrong, where, and how to mend it (RFC 9457)", content: { "application/problem+json": { schema: schemaOf(problem, "output") } } },
    ServiceError: { description: "What went wrong, in the words of the assignment and event services", content: { "application/json": { schema: schemaOf(serviceError, "output") } } },
  };
  const paths: Record<string, Part> = {};
  for (const operation of operations) {
    const path = operation.path.replaceAll(/:(\w+)/g, "{$1}");
    paths[path] = { ...paths[path], [operation.method.toLowerCase()]: described(operation, schemaOf) };
  }
  return {
    openapi: "3.1.0",
    info: { title: "Gauntlet", version, description: "Decides, from evidence, which model version serves, and carries the decision out.", license: { name: "Apache-2.0", identifier: "Apache-2.0" } },
    servers: [{ url: "/" }],
    paths,
    components: {
      securitySchemes: { token: { type: "http", scheme: "bearer", description: "A token of `gauntlet token create`; a call that a viewer may make needs none while the server listens on loopback" } },
      schemas: Object.fromEntries([...shapes].toSorted(([a], [b]) => (a < b ? -1 : 1))),
      responses: answers,
    },
  };
}

type Io = "input" | "output";

const ROLES: Readonly<Record<Exclude<Access, "open">, string>> = { read: "viewer", ingest: "ingest", operator: "operator" };

function described(operation: Operation, schemaOf: (schema: z.ZodType, io: Io) => unknown): Part {
  const { summary, access, body, answer, method, path } = operation;
  const content = { [answer.type]: answer.schema === undefined ? {} : { schema: schemaOf(answer.schema, "output") } };
  const also = Object.entries(answer.also ?? {}).map(([status, description]) => [status, { description, content }] as const);
  return {
    summary,
    operationId: `${method.toLowerCase()}${path.replaceAll(/[/:.]+(\w)/g, (_, letter: string) => letter.toUpperCase())}`,
    parameters: parametersOf(operation),
    ...(body === undefined ? {} : { requestBody: { required: true, content: { "application/json": { schema: schemaOf(body, "input") } } } }),
    responses: { [answer.status ?? 200]: { description: summary, content }, ...Object.fromEntries(also), default: { $ref: `#/components/responses/${isServicePath(path) ? "ServiceError" : "Problem"}` } },
    security: access === "open" ? [] : [...(access === "read" ? [{}] : []), { token: [ROLES[access]] }],
  };
}

function parametersOf({ path, query, idempotencyKey }: Operation): readonly Part[] {
  const inPath = [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({ name, in: "path", required: true, schema: { type: "string" } }));
  const inQuery = Object.entries(query ?? {}).map(([name, description]) => ({ name, in: "query", required: false, description, schema: { type: "string" } }));
  const key = { name: "Idempotency-Key", in: "header", required: true, description: "New for every new call, the same when it is sent again", schema: { type: "string", minLength: 1, maxLength: 200 } };
  return [...inPath, ...inQuery, ...(idempotencyKey === true ? [key] : [])];
}

/** Named shapes go to `shapes`, and are referred to. */
function jsonSchema(schema: z.ZodType, io: Io, shapes: Map<string, unknown>): unknown {
  const { $schema: _, $defs = {}, ...rest } = referring(z.toJSONSchema(z.object({ schema }), { unrepresentable: "any", io })) as { readonly $schema?: string; readonly $defs?: Part; readonly properties: { readonly schema: unknown } };
  for (const [name, shape] of Object.entries($defs)) shapes.set(name, shape);
  return rest.properties.schema;
}

/** zod's references lead into its own document; ours lead to the components. */
function referring(document: unknown): unknown {
  return JSON.parse(JSON.stringify(document).replaceAll('"#/$defs/', '"#/components/schemas/'));
}
