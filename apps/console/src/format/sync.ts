import type { SyncRunView } from "@gauntlet/contract";

import { count, decimal } from "./number.ts";

/** 812 B, 3.4 kB, 1.2 MB */
export function bytesWords(bytes: number): string {
  if (bytes < 1000) return `${count(bytes)} B`;
  const [value, unit] = bytes < 999_950 ? [bytes / 1000, "kB"] : [bytes / 1e6, "MB"];
  return `${decimal(value, 1)} ${unit}`;
}

export const PATH_WORDS: Readonly<Record<NonNullable<SyncRunView["path"]>, string>> = {
  equal: "digests: there was none",
  vector: "what each origin added since",
  sketch: "a sketch of it",
  bulk: "sending everything",
};
