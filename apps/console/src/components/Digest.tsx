import type { JSX } from "react";

/** A hash: its head for the eye, all of it for the pointer, for copying and for screen readers. */
export function Digest({ value, length = 12 }: { readonly value: string; readonly length?: number }): JSX.Element {
  const bare = value.replace(/^sha256:/, "");
  return (
    <code className="digest" title={value}>
      {bare.length > length ? `${bare.slice(0, length)}…` : bare}
    </code>
  );
}
