import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";

import type { Piece, PieceResult } from "./worker.ts";

/** Runs all pieces on the cores there are; calls `onResult` as they end, in any order. */
export async function simulatePieces(pieces: readonly Piece[], onResult: (result: PieceResult) => void): Promise<void> {
  const waiting = [...pieces];
  const lanes = Array.from({ length: Math.max(1, Math.min(availableParallelism(), pieces.length)) }, async () => {
    const worker = new Worker(new URL("./worker.ts", import.meta.url));
    try {
      for (let piece = waiting.shift(); piece !== undefined; piece = waiting.shift()) {
        onResult(await answer(worker, piece));
      }
    } finally {
      await worker.terminate();
    }
  });
  await Promise.all(lanes);
}

function answer(worker: Worker, piece: Piece): Promise<PieceResult> {
  return new Promise((resolve, reject) => {
    const settle = (end: () => void) => {
      worker.off("message", onMessage);
      worker.off("error", onError);
      end();
    };
    const onMessage = (result: PieceResult) => settle(() => resolve(result));
    const onError = (error: Error) => settle(() => reject(error));
    worker.once("message", onMessage);
    worker.once("error", onError);
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    worker.postMessage(piece);
  });
}

/** An experiment's own stream (FNV-1a of its id), so that it finds the same whether it is run alone or with all others. */
export function streamOf(id: string): number {
  let hash = 0x811c9dc5;
  for (const letter of id) hash = Math.imul(hash ^ (letter.codePointAt(0) as number), 0x01000193);
  return hash >>> 0;
}

/** The runs of one experiment cut into pieces of about equal size, each with its own stream. */
export function cut(id: string, runs: number, { seed, parts, stream }: { readonly seed: number; readonly parts: number; readonly stream: number }): readonly Piece[] {
  return Array.from({ length: parts }, (_, part) => ({ id, runs: Math.floor((runs * (part + 1)) / parts) - Math.floor((runs * part) / parts), seed, stream: stream + part })).filter((piece) => piece.runs > 0);
}
