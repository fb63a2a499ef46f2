import { asFailure } from "@gauntlet/controller";
import { once } from "node:events";
import type { Readable, Writable } from "node:stream";

import { errorMessage, frameOf, frameReader, GREETING } from "./frames.ts";

/**
 * Answers a peer's frames until its end of the line is closed. `receive` gives the answer, or null for a message that
 * needs none; where it throws, the peer is told why and the line is over.
 * @throws what `receive` threw, or Failure for bytes that are no frames
 */
export async function serveStdio({ input, output, receive }: { readonly input: Readable; readonly output: Writable; readonly receive: (message: unknown) => Promise<unknown> }): Promise<void> {
  // A peer that has gone needs no answer; the end of the input follows.
  output.on("error", () => undefined);
  const reader = frameReader();
  await write(output, GREETING);
  try {
    for await (const chunk of input as AsyncIterable<Uint8Array>) {
      for (const message of reader.read(chunk)) {
        const answer = await receive(message);
        if (answer !== null) await write(output, frameOf(answer));
      }
    }
  } catch (error) {
    await write(output, frameOf(errorMessage(asFailure(error))));
    throw error;
  }
}

async function write(output: Writable, bytes: string | Uint8Array): Promise<void> {
  if (!output.writable) return;
  if (!output.write(bytes)) await Promise.race([once(output, "drain"), once(output, "close")]);
}
