import { canonicalJson } from "./canonical-json.ts";
import { sha256 } from "./sha256.ts";

/** SHA-256 of the canonical JSON of a value: equal values, equal digests, on every machine. */
export function digestOf(value: unknown): string {
  return sha256(canonicalJson(value));
}
