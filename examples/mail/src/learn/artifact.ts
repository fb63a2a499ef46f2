import { createHash } from "node:crypto";

import { Failure } from "@gauntlet/core";

import { featureOrderDigest } from "../features/feature-order.ts";
import { DIMENSIONS } from "../features/hash-features.ts";
import type { SpamModel } from "./model.ts";

/** A version as bytes, and `sha256:<hex>` of them: what the registry keeps, and what must serve. */
export interface Artifact {
  readonly bytes: Uint8Array;
  readonly digest: string;
}

/** "GMAIL" and the version of this layout. */
const MAGIC = "GMAIL001";
const HEADER_AT = 12;

/** Magic, length of the header (32 bits, little-endian), header as JSON in ASCII, weights as little-endian floats. */
export function saveModel(model: SpamModel): Artifact {
  const { weights, ...header } = model;
  const head = Buffer.from(JSON.stringify(header), "utf8");
  const bytes = new Uint8Array(HEADER_AT + head.length + weights.length * 4);
  const view = new DataView(bytes.buffer);
  bytes.set(Buffer.from(MAGIC, "latin1"));
  view.setUint32(8, head.length, true);
  bytes.set(head, HEADER_AT);
  weights.forEach((weight, i) => view.setFloat32(HEADER_AT + head.length + i * 4, weight, true));
  return { bytes, digest: digestOfBytes(bytes) };
}

/**
 * Reads a version back, bit for bit.
 * @throws Failure `invalid_input` when the bytes are no such version, or `digest` is given and is not theirs, or the
 * version was learnt with another order of features than this code computes.
 */
export function loadModel(bytes: Uint8Array, digest: string | null): SpamModel {
  const actual = digestOfBytes(bytes);
  if (digest !== null && actual !== digest) throw refused(`its digest is ${actual}, not ${digest}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < HEADER_AT || Buffer.from(bytes.subarray(0, 8)).toString("latin1") !== MAGIC) throw refused(`it does not begin with ${MAGIC}`);
  const weightsAt = HEADER_AT + view.getUint32(8, true);
  if (bytes.length !== weightsAt + DIMENSIONS * 4) throw refused(`it holds ${bytes.length} bytes, not ${weightsAt + DIMENSIONS * 4}`);
  const header = JSON.parse(Buffer.from(bytes.subarray(HEADER_AT, weightsAt)).toString("utf8")) as Omit<SpamModel, "weights">;
  if (header.featureOrder !== featureOrderDigest()) throw refused("it was learnt with another order of features");
  const weights = Float32Array.from({ length: DIMENSIONS }, (_, i) => view.getFloat32(weightsAt + i * 4, true));
  if (!weights.every(Number.isFinite)) throw refused("a weight is not a number");
  return { ...header, weights };
}

/** The descriptor MLflow expects beside an artifact; its times are the training mails', so that it is reproducible. */
export function describeModel(model: SpamModel, artifact: Artifact): string {
  const { trainedOn } = model;
  return [
    "artifact_path: model",
    "flavors:",
    "  hashed_logistic:",
    "    data: model.bin",
    `    data_sha256: ${artifact.digest.slice("sha256:".length)}`,
    `    dimensions: ${DIMENSIONS}`,
    `    feature_order: "${model.featureOrder}"`,
    `    threshold: ${model.threshold}`,
    "metadata:",
    `  version_name: ${model.name}`,
    `  trained_from: "${new Date(trainedOn.from).toISOString()}"`,
    `  trained_to: "${new Date(trainedOn.to).toISOString()}"`,
    `  training_mails: ${trainedOn.mails}`,
    `  training_spam: ${trainedOn.spam}`,
    `utc_time_created: "${new Date(trainedOn.to).toISOString().replace("T", " ").replace("Z", "")}"`,
    "",
  ].join("\n");
}

function digestOfBytes(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

function refused(why: string): Failure {
  return new Failure("invalid_input", `this is not a usable version of the spam filter: ${why}`, { fix: "load the bytes that saveModel wrote, with the code that learnt them" });
}
