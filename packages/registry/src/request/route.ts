import type { Database } from "../database/database.ts";
import type { ArtifactFiles } from "../artifact/files.ts";
import type { Input, Rules } from "./fields.ts";

/** What every handler works with. */
export interface Context {
  readonly database: Database;
  readonly files: ArtifactFiles;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
  /** 32 hex digits, never the same twice. */
  readonly newId: () => string;
}

export type Access = "read" | "write";
export type Method = "GET" | "POST" | "PATCH" | "DELETE";

export interface Route {
  readonly method: Method;
  /** Below `/api/2.0/mlflow`; `:name` is a part of the path. */
  readonly path: string;
  readonly access: Access;
  readonly fields: Rules;
  readonly answer: (context: Context, input: Input<Rules>) => unknown;
}

/** Ties a handler's input type to its rules. */
export function route<R extends Rules>(definition: {
  readonly method: Method;
  readonly path: string;
  /** Writes, unless it says otherwise: a route that was forgotten must not be open. */
  readonly access?: Access;
  readonly fields: R;
  readonly answer: (context: Context, input: Input<R>) => unknown;
}): Route {
  const { method, path, fields, answer } = definition;
  const access = definition.access ?? (method === "GET" ? "read" : "write");
  return { method, path, access, fields, answer: answer as Route["answer"] };
}
