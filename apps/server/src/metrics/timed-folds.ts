import type { Store } from "@gauntlet/controller";

/** known: the batch had been folded before. */
type FoldResult = "folded" | "known" | "failed";
export type FoldObserver = (result: FoldResult, durationMs: number) => void;

/** The same store; every fold is timed, whoever asks for it. */
export function withTimedFolds<S extends Pick<Store, "evidence">>(store: S, observe: FoldObserver): S {
  const { evidence } = store;
  const fold: Store["evidence"]["fold"] = async (batch, compute) => {
    const from = performance.now();
    try {
      const receipt = await evidence.fold(batch, compute);
      observe(receipt.folded ? "folded" : "known", performance.now() - from);
      return receipt;
    } catch (error) {
      observe("failed", performance.now() - from);
      throw error;
    }
  };
  return { ...store, evidence: { ...evidence, fold } };
}
