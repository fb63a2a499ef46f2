import type { Verdict } from "../decision.ts";

/** Document 003 knows only winning and losing; a test that goes on has no name there. */
export const COMPAT_LABELS: Readonly<Record<Verdict, string>> = {
  advance: "CONTINUE",
  promote: "PROMOTED",
  hold: "CONTINUE",
  retain: "RETAINED",
  rollback: "ROLLED_BACK",
};
