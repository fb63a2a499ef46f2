import { useId, type JSX } from "react";

import type { TokenEntry } from "./use-token.ts";

export function TokenField({ entry }: { readonly entry: TokenEntry }): JSX.Element {
  const ids = { token: useId(), help: useId() };
  if (!entry.asks) {
    return (
      <p className="quiet">
        Signed with the token of this tab.{" "}
        <button type="button" className="link-button" onClick={entry.askAgain}>
          Use another
        </button>
      </p>
    );
  }
  return (
    <>
      <label htmlFor={ids.token}>Operator token</label>
      <input id={ids.token} type="password" value={entry.typed} required autoComplete="off" spellCheck={false} aria-describedby={ids.help} onChange={(event) => entry.type(event.target.value)} />
      <p className="quiet" id={ids.help}>
        Made with <code>gauntlet token create</code>. Kept in this tab only, until it is closed.
      </p>
    </>
  );
}
