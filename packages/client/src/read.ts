import { newKey, type CallOptions, type ChangeOptions, type Connection } from "./connection.ts";

export function read<T>(server: Connection, path: string, options: CallOptions | undefined): Promise<T> {
  return server.json({ method: "GET", path, key: null, repeatable: true, options });
}

/** A change that the server does once for its key, so that it may be sent again. */
export function change<T>(server: Connection, made: { readonly path: string; readonly body: unknown; readonly options: ChangeOptions | undefined }): Promise<T> {
  const { path, body, options } = made;
  return server.json({ method: "POST", path, body, key: options?.key ?? newKey(), repeatable: true, options });
}

/** A question that is asked by POST, and changes nothing. */
export function ask<T>(server: Connection, made: { readonly path: string; readonly body: unknown; readonly options: CallOptions | undefined }): Promise<T> {
  const { path, body, options } = made;
  return server.json({ method: "POST", path, body, key: null, repeatable: true, options });
}

/** `?a=1&b=2&b=3` of what is given, or nothing. */
export function query(values: Readonly<Record<string, string | number | readonly string[] | null | undefined>>): string {
  const given = Object.entries(values).flatMap(([name, value]) => (value == null ? [] : [value].flat().map((each) => [name, String(each)])));
  return given.length === 0 ? "" : `?${new URLSearchParams(given).toString()}`;
}
