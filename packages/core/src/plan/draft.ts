import type { Effect } from "./effect.ts";

/** An effect before it has its key. */
export type Draft = Effect extends infer E ? (E extends Effect ? Omit<E, "key" | "model"> : never) : never;
