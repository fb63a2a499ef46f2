import { createHash } from "node:crypto";

import { BODY_SEED, DIMENSIONS, hashText, PROPERTY_SEED, SUBJECT_SEED } from "./hash-features.ts";

/** Words whose places stand for all: a change of hash, seed or dimension moves them. */
const PROBES = ["offer", "meeting", "free", "patch", "guarantee", "regards", "#4", "html true"];

/** `sha256:<hex>` of where the probes hash to: equal digests, equal order of features. */
export function featureOrderDigest(): string {
  const places = [SUBJECT_SEED, BODY_SEED, PROPERTY_SEED].flatMap((seed) => PROBES.map((word) => hashText(word, seed)));
  return `sha256:${createHash("sha256").update(JSON.stringify([DIMENSIONS, ...places])).digest("hex")}`;
}
