import type { z } from "zod";

import type { RpsHttpOptions } from "./options.ts";

/** One request, parsed. */
interface Call<Body, Query> {
  readonly body: Body;
  readonly query: Query;
  /** A part of the path. */
  readonly param: (name: string) => string;
  /** Whether it came with the token. */
  readonly isInternal: boolean;
  readonly options: RpsHttpOptions;
}

/** One route: what it is, who may call it, and how it answers. The router, the guard and /openapi.json all read this. */
export interface Operation {
  readonly method: "GET" | "POST" | "DELETE";
  /** As Hono writes it: `/models/:type`. */
  readonly path: string;
  /** internal: only with the token. */
  readonly access: "open" | "internal";
  /** Makes rows for whoever calls: those without the token are limited by their address. */
  readonly isLimited?: true;
  readonly summary: string;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  /** Of the body. */
  readonly bytesMax?: number;
  /** Of an answer that is JSON; null for another, which `handle` gives as a response. */
  readonly answer: z.ZodType | null;
  /** Other types of an answer than JSON. */
  readonly types?: readonly string[];
  readonly handle: (call: Call<unknown, unknown>) => Promise<unknown>;
}

/** What /openapi.json says of a route, whoever handles it. */
export type DescribedOperation = Omit<Operation, "handle">;

type Typed<Body extends z.ZodType, Query extends z.ZodType> = Omit<Operation, "handle" | "body" | "query"> & {
  readonly body?: Body;
  readonly query?: Query;
  readonly handle: (call: Call<z.output<Body>, z.output<Query>>) => Promise<unknown>;
};

/** A route whose handler sees what its schemas make of a request. */
export function operation<Body extends z.ZodType, Query extends z.ZodType>(of: Typed<Body, Query>): Operation {
  return of as Operation;
}
