import { murmur3 } from "@gauntlet/core";

/**
 * What raw records are found by: 32 bits, signed. Request ids are long and arrive in random order, so that an index of
 * them touches a page for each record; an index of their hashes is a fifth of its size. Records whose hash is equal by
 * chance are told apart by the id that stands in them.
 */
export function requestHash(requestId: string): number {
  return murmur3(requestId.toWellFormed()) | 0;
}

/** The hashes of several requests, each once. */
export function requestHashes(requestIds: readonly string[]): number[] {
  return [...new Set(requestIds.map((requestId) => requestHash(requestId)))];
}
