import { Failure } from "@gauntlet/core";
import { useState } from "react";

import { forgetToken, storedToken, storeToken } from "../api/token.ts";

/** The operator token of a form: asked for when this tab has none, kept once it was accepted. */
export interface TokenEntry {
  readonly asks: boolean;
  readonly typed: string;
  readonly type: (text: string) => void;
  /** Forgets the kept one and asks again. */
  readonly askAgain: () => void;
  /** What to send now. */
  readonly current: () => string;
  readonly accepted: (token: string) => void;
  /** A refused token is forgotten; any other error leaves it. */
  readonly failed: (error: unknown) => void;
}

export function useToken(): TokenEntry {
  const [typed, setTyped] = useState("");
  const [asks, setAsks] = useState(() => storedToken() === null);
  const askAgain = () => {
    forgetToken();
    setAsks(true);
  };
  return {
    asks,
    typed,
    type: setTyped,
    askAgain,
    current: () => (asks ? typed.trim() : (storedToken() ?? "")),
    accepted: (token) => {
      storeToken(token);
      setTyped("");
      setAsks(false);
    },
    failed: (error) => {
      if (error instanceof Failure && error.code === "unauthorized") askAgain();
    },
  };
}
