import type { UseQueryResult } from "@tanstack/react-query";

import { Refused } from "./request.ts";

/** Whether one of these was refused for want of the right token. */
export function isTokenRefused(...queries: readonly Pick<UseQueryResult, "error">[]): boolean {
  return queries.some(({ error }) => error instanceof Refused && (error.status === 401 || error.status === 403));
}
