import type { CheckStatus } from "@gauntlet/core";
import type { JSX } from "react";

import { CHECK_WORDS } from "../format/words.ts";
import { Icon } from "./Icon.tsx";

/** A check's status as icon and word. */
export function CheckMark({ status }: { readonly status: CheckStatus }): JSX.Element {
  return (
    <span className={`check-mark check-${status}`}>
      <Icon name={status} />
      {CHECK_WORDS[status]}
    </span>
  );
}
