import { Failure } from "@gauntlet/core";

import { PACKED_BYTES_MAX, packMessage, tooLarge, unpackMessage } from "./pack-message.ts";

/** The first line that the far end writes; the number is that of the frames' form. */
export const GREETING = "gauntlet-session 1\n";

const HEAD_BYTES = 4;

/** A message as a frame: its packed length in four bytes, most significant first, and itself. */
export function frameOf(message: unknown): Buffer {
  const packed = packMessage(message);
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt32BE(packed.length);
  return Buffer.concat([head, packed]);
}

/** Messages from bytes that come in any pieces. @throws Failure as `unpackMessage`, before a frame that is too large is held. */
export function frameReader(): { read(chunk: Uint8Array): readonly unknown[]; readonly pending: () => number } {
  let held: Buffer = Buffer.alloc(0);
  return {
    read(chunk) {
      held = held.length === 0 ? Buffer.from(chunk) : Buffer.concat([held, chunk]);
      const messages: unknown[] = [];
      while (held.length >= HEAD_BYTES) {
        const length = held.readUInt32BE();
        if (length > PACKED_BYTES_MAX) throw tooLarge();
        if (held.length < HEAD_BYTES + length) break;
        messages.push(unpackMessage(held.subarray(HEAD_BYTES, HEAD_BYTES + length)));
        held = held.subarray(HEAD_BYTES + length);
      }
      return messages;
    },
    pending: () => held.length,
  };
}

/** What a far end says that has to give up: in place of an answer. */
export function errorMessage(failure: Failure): unknown {
  const { code, message, fix } = failure;
  return { error: { code, message, fix } };
}
