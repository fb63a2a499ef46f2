import { Failure } from "@gauntlet/core";
import { brotliCompressSync, brotliDecompressSync, constants } from "node:zlib";

/** No message of a session is larger: 500 records of 64 seats with the longest names are some 10 MB. */
const MESSAGE_BYTES_MAX = 32 * 1024 * 1024;
/** Packed, as it goes over the wire. */
export const PACKED_BYTES_MAX: number = 16 * 1024 * 1024;

/** Up to here the best packing takes some tens of milliseconds; beyond, a faster one a millisecond for 100 kB. */
const BEST_BYTES_MAX = 32 * 1024;

/** A message as its bytes on the wire: JSON, packed by Brotli (RFC 7932). */
export function packMessage(message: unknown): Buffer {
  const text = JSON.stringify(message);
  const quality = text.length <= BEST_BYTES_MAX ? constants.BROTLI_MAX_QUALITY : 5;
  return brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: quality, [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT } });
}

/** @throws Failure `too_large`, or `invalid_input` for what is no packed message; nothing larger than a message is ever held. */
export function unpackMessage(packed: Uint8Array): unknown {
  try {
    return JSON.parse(brotliDecompressSync(packed, { maxOutputLength: MESSAGE_BYTES_MAX }).toString("utf8"));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") throw tooLarge();
    throw new Failure("invalid_input", `the peer's message can't be unpacked: ${(cause as Error).message}`, { fix: "check that both nodes run versions that know each other", cause });
  }
}

export function tooLarge(): Failure {
  return new Failure("too_large", "the peer sends a message that is larger than any can be", { fix: "check that both nodes run versions that know each other" });
}
