import type { Failure } from "@gauntlet/core";
import { createHash } from "node:crypto";

import type { MlflowCall, MlflowOptions } from "./call.ts";
import { answerOf, networkDetail, requestOf, type Answer, type Silence } from "./send-once.ts";

export interface Digested {
  readonly kind: "digested";
  /** Of all bytes, 64 hex digits. */
  readonly sha256: string;
  readonly bytes: number;
}

export interface DigestLimit {
  readonly bytesMax: number;
  /** What is thrown beyond it. */
  readonly tooLarge: () => Failure;
  /** Called every few seconds while bytes come; what it throws ends the reading. */
  readonly beat: () => Promise<void>;
}

const BEAT_MS = 2000;

/**
 * One attempt to digest an answer while it comes. Whatever is no answer of bytes is what `sendOnce` makes of it.
 * @throws Failure `tooLarge`; what `beat` throws.
 */
export async function digestOnce(options: MlflowOptions, call: MlflowCall, limit: DigestLimit): Promise<Digested | Answer | Silence> {
  const silence = new AbortController();
  const { timeoutMs } = options;
  const read: Read = (work) => withTimeout(work, timeoutMs, () => silence.abort()).catch((cause: unknown) => silenceOf(cause, timeoutMs));
  const response = await read((options.fetch ?? fetch)(requestOf(options, call, silence.signal)));
  if ("kind" in response) return response;
  if (response.status >= 300) return read(answerOf(response));
  const reader = (response.body ?? new Blob([]).stream()).getReader();
  try {
    return await digestBody(reader, limit, read);
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

type Read = <T>(work: Promise<T>) => Promise<T | Silence>;

async function digestBody(reader: ReadableStreamDefaultReader<Uint8Array>, { bytesMax, tooLarge, beat }: DigestLimit, read: Read): Promise<Digested | Silence> {
  const hash = createHash("sha256");
  let bytes = 0;
  let beaten = performance.now();
  for (;;) {
    const chunk = await read(reader.read());
    if ("kind" in chunk) return chunk;
    if (chunk.done) return { kind: "digested", sha256: hash.digest("hex"), bytes };
    bytes += chunk.value.byteLength;
    if (bytes > bytesMax) throw tooLarge();
    hash.update(chunk.value);
    if (performance.now() - beaten < BEAT_MS) continue;
    await beat();
    beaten = performance.now();
  }
}

const TIMED_OUT = new Error("nothing came");

function silenceOf(cause: unknown, timeoutMs: number): Silence {
  if (cause === TIMED_OUT) return { kind: "silence", why: "timeout", detail: `nothing came for ${timeoutMs} ms`, cause };
  return { kind: "silence", why: "network", detail: networkDetail(cause), cause };
}

async function withTimeout<T>(work: Promise<T>, ms: number, onTimeout: () => void): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(TIMED_OUT);
      onTimeout();
    }, ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
