import { invalid } from "../request/problem.ts";

/** A page token is base64 of `{"offset": n}`, byte for byte what MLflow writes. */
export function pageToken(offset: number): string {
  return Buffer.from(`{"offset": ${offset}}`).toString("base64");
}

export function offsetOf(token: string | undefined): number {
  if (token === undefined || token === "") return 0;
  try {
    const value: unknown = JSON.parse(Buffer.from(token, "base64").toString("utf8"));
    const offset = typeof value === "object" && value !== null && "offset" in value ? value.offset : null;
    if (typeof offset === "number" && Number.isSafeInteger(offset) && offset >= 0) return offset;
  } catch {
    // Said below.
  }
  throw invalid(`Invalid page token, could not decode: ${token}`);
}

/** Cuts rows that were asked for with one more than `limit`, and says where the next page starts. */
export function cutPage<T>(rows: readonly T[], limit: number, offset: number): { readonly rows: readonly T[]; readonly next: string | undefined } {
  return { rows: rows.slice(0, limit), next: rows.length > limit ? pageToken(offset + limit) : undefined };
}

/**
 * @param received what the request had, for the complaint.
 * @throws Failure `invalid_input` when it is above `most`, or not positive.
 */
export function pageLimit(received: number | undefined, fallback: number, most: number): number {
  const limit = received ?? fallback;
  if (limit > most) throw invalid(`Invalid value ${limit} for parameter 'max_results' supplied. It must be at most ${most}.`);
  if (limit < 1) throw invalid(`Invalid value ${limit} for parameter 'max_results' supplied. It must be a positive integer`);
  return limit;
}
