import type { JSX, ReactNode } from "react";

export interface Figure {
  readonly name: string;
  readonly value: ReactNode;
}

/** Names and values, as a description list. */
export function Figures({ figures, className = "" }: { readonly figures: readonly Figure[]; readonly className?: string }): JSX.Element {
  return (
    <dl className={`figures ${className}`}>
      {figures.map((figure) => (
        <div key={figure.name}>
          <dt>{figure.name}</dt>
          <dd>{figure.value}</dd>
        </div>
      ))}
    </dl>
  );
}
