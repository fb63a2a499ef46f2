import { Failure } from "@gauntlet/core";
import { constants, deflateRawSync, inflateRawSync } from "node:zlib";

/** No message of a session is larger: 500 records of 64 seats with the longest names are some 10 MB. */
const MESSAGE_BYTES_MAX = 32 * 1024 * 1024;
/** Packed, as it goes over the wire. */
export const PACKED_BYTES_MAX = 16 * 1024 * 1024;

/** A message as its bytes on the wire: JSON, deflated (RFC 1951). */
export function packMessage(message: unknown): Buffer {
  return deflateRawSync(JSON.stringify(message), { level: constants.Z_BEST_COMPRESSION });
}

/** @throws Failure `too_large`, or `invalid_input` for what is no packed message; nothing larger than a message is ever held. */
export function unpackMessage(packed: Uint8Array): unknown {
  try {
    return JSON.parse(inflateRawSync(packed, { maxOutputLength: MESSAGE_BYTES_MAX }).toString("utf8"));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") throw tooLarge();
    throw new Failure("invalid_input", `the peer's message can't be unpacked: ${(cause as Error).message}`, { fix: "check that both nodes run versions that know each other", cause });
  }
}

export function tooLarge(): Failure {
  return new Failure("too_large", "the peer sends a message that is larger than any can be", { fix: "check that both nodes run versions that know each other" });
}
