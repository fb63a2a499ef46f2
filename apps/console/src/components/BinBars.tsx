import type { JSX } from "react";

import type { AnalysedFeature } from "../format/analysis.ts";
import { percent } from "../format/number.ts";

const WIDTH = 320;
const HEIGHT = 110;

/** How one feature was distributed before and after: two bars a bin. The table beside it says the same. */
export function BinBars({ feature }: { readonly feature: AnalysedFeature }): JSX.Element {
  const { name, bins, psi, status } = feature;
  const top = Math.max(...bins.flatMap(({ before, after }) => [before, after]), Number.MIN_VALUE);
  const step = WIDTH / bins.length;
  const bar = (share: number, x: number, kind: "before" | "after") => <rect className={`bin-${kind}`} x={x} y={HEIGHT - (share / top) * HEIGHT} width={step * 0.4} height={(share / top) * HEIGHT} />;
  return (
    <figure className="bin-bars">
      <figcaption>
        <strong>{name}</strong> <span className="quiet">stability index {Number(psi.toPrecision(3))}</span>
      </figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={`${name} before and after: ${status}, largest bin ${percent(top)}`}>
        {bins.map((bin, i) => (
          <g key={bin.label}>
            {bar(bin.before, i * step + step * 0.08, "before")}
            {bar(bin.after, i * step + step * 0.52, "after")}
          </g>
        ))}
      </svg>
      <p className="bin-ends quiet">
        <span>{bins[0]?.label}</span>
        <span>{bins.at(-1)?.label}</span>
      </p>
    </figure>
  );
}
