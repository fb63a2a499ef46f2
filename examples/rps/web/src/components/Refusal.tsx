import type { JSX } from "react";

import type { Refused } from "../api/request.ts";

/** What went wrong and how to mend it, said at once. */
export function Refusal({ failure, again }: { readonly failure: Pick<Refused, "message" | "fix">; readonly again?: () => void }): JSX.Element {
  return (
    <div className="refusal" role="alert">
      <p>
        <strong>{failure.message}</strong> {failure.fix}
      </p>
      {again === undefined ? null : (
        <button type="button" className="button quiet" onClick={again}>
          Try again
        </button>
      )}
    </div>
  );
}
