import { useQueryClient } from "@tanstack/react-query";
import { useState, type JSX, type ReactNode } from "react";

import { storeToken, useStoredToken } from "../api/token.ts";

/** What only who runs the platform may see: asks for the token first, and again when it is refused. */
export function TokenGate({ refused, children }: { readonly refused: boolean; readonly children: ReactNode }): JSX.Element {
  const [typed, setTyped] = useState("");
  const token = useStoredToken();
  const client = useQueryClient();
  const change = (next: string | null) => {
    storeToken(next);
    setTyped("");
    void client.resetQueries();
  };
  if (token !== null && !refused) {
    return (
      <>
        {children}
        <p className="token-note quiet small">
          This tab knows the token, and forgets it when it is closed.{" "}
          <button type="button" className="button quiet small" onClick={() => change(null)}>
            Forget it now
          </button>
        </p>
      </>
    );
  }
  return (
    <form
      className="panel token"
      onSubmit={(event) => {
        event.preventDefault();
        if (typed.trim() !== "") change(typed.trim());
      }}
    >
      <h2>For who runs the platform</h2>
      {token !== null && refused ? (
        <p role="alert" className="token-refused">
          The server refused this token.
        </p>
      ) : null}
      <label className="field">
        <span>Token</span>
        <input type="password" autoComplete="off" value={typed} onChange={(event) => setTyped(event.target.value)} required />
      </label>
      <button type="submit" className="button">
        Open
      </button>
    </form>
  );
}
