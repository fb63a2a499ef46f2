import type { ErrorComponentProps } from "@tanstack/react-router";
import type { JSX } from "react";

import { FailureNote } from "./FailureNote.tsx";

/** A page that could not be drawn; the rest of the console stays usable. */
export function PageFailure({ error, reset }: ErrorComponentProps): JSX.Element {
  return (
    <div className="page">
      <FailureNote title="This page can't be shown" error={error} retry={reset} />
      <p>
        Nothing was changed. The command line works without this page: <code>gauntlet status</code>, <code>gauntlet rollback</code>.
      </p>
    </div>
  );
}
