import { useSyncExternalStore } from "react";

/** Of this tab only: gone when it is closed, never on disk, never in a link. */
const KEY = "rps.token";
const listeners = new Set<() => void>();

export function storedToken(): string | null {
  return sessionStorage.getItem(KEY);
}

export function useStoredToken(): string | null {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, storedToken);
}

/** @param token null forgets it. */
export function storeToken(token: string | null): void {
  if (token === null) sessionStorage.removeItem(KEY);
  else sessionStorage.setItem(KEY, token);
  for (const listener of listeners) listener();
}
