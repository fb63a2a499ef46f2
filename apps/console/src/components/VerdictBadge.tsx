import type { ModelSummary } from "@gauntlet/contract";
import type { JSX } from "react";

import { VERDICT_WORDS } from "../format/words.ts";
import { Icon } from "./Icon.tsx";

/** A verdict as icon, word and colour, in that order of importance: colour alone says nothing. */
export function VerdictBadge({ verdict, large = false }: { readonly verdict: ModelSummary["verdict"]; readonly large?: boolean }): JSX.Element {
  return (
    <span className={`verdict verdict-${verdict ?? "none"}${large ? " verdict-large" : ""}`}>
      <Icon name={verdict ?? "none"} />
      {verdict === null ? "No verdict yet" : VERDICT_WORDS[verdict]}
    </span>
  );
}
