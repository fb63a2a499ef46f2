import type { JSX } from "react";

interface ShareBarProps {
  /** The challenger's part of 1. */
  readonly challenger: number;
}

/** The split as a bar of two parts, beside words that say the same. */
export function ShareBar({ challenger }: ShareBarProps): JSX.Element {
  const width = Math.min(1, Math.max(0, challenger)) * 100;
  return (
    <span className="share-bar" aria-hidden="true">
      <span className="share-bar-challenger" style={{ width: `${width}%` }} />
    </span>
  );
}
