import type { JSX } from "react";

import { liveVariants, pieces, type Variant } from "../format/experiment.ts";
import { basisPoints } from "../format/number.ts";

/** The bucket space from the first to the last, each piece in the tone of who owns it; the same in words beside it. */
export function VariantBar({ variants }: { readonly variants: readonly Variant[] }): JSX.Element {
  const live = liveVariants({ variants });
  return (
    <>
      <svg className="variant-bar" viewBox="0 0 1000 18" preserveAspectRatio="none" aria-hidden="true" focusable="false">
        {live.flatMap((variant, index) => pieces(variant).map(({ left, width }) => <rect key={`${variant.id} ${left}`} className={`tone-${variant.role} tone-${index % 4}`} x={left * 1000} y="0" width={width * 1000} height="18" />))}
      </svg>
      <ul className="variant-key">
        {live.map((variant, index) => (
          <li key={variant.id}>
            <span className={`variant-swatch tone-${variant.role} tone-${index % 4}`} aria-hidden="true" />
            {variant.name} <strong>{basisPoints(variant.basisPoints)}</strong>
          </li>
        ))}
      </ul>
    </>
  );
}
