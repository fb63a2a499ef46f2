import type { JSX } from "react";

/** Grey bars where text will be; a screen reader hears the word. */
export function Loading({ what, lines = 4 }: { readonly what: string; readonly lines?: number }): JSX.Element {
  return (
    <output className="loading">
      <span className="hidden">Loading {what} …</span>
      {Array.from({ length: lines }, (_, line) => (
        <span key={line} className="loading-line" aria-hidden="true" />
      ))}
    </output>
  );
}
