import type { JSX } from "react";

import { Eyes, Mouth, type Mood } from "./Features.tsx";

/** A head with a small network for a crown. */
export function Brian({ mood }: { readonly mood: Mood }): JSX.Element {
  return (
    <>
      <g className="brian-net">
        <path className="brian-edges" d="M54 34 76 60M54 34 124 60M100 16 76 60M100 16 124 60M146 34 76 60M146 34 124 60" />
        <circle className="brian-node" cx="54" cy="34" r="10" />
        <circle className="brian-node second" cx="100" cy="16" r="10" />
        <circle className="brian-node" cx="146" cy="34" r="10" />
      </g>
      <path className="brian-head" d="M38 92c0-26 20-40 62-40s62 14 62 40v44c0 27-22 42-62 42s-62-15-62-42z" />
      <path className="brian-shade" d="M38 122v14c0 27 22 42 62 42s62-15 62-42v-14c0 27-22 40-62 40s-62-13-62-40z" />
      <circle className="brian-ear" cx="34" cy="112" r="13" />
      <circle className="brian-ear" cx="166" cy="112" r="13" />
      <Eyes mood={mood} left={76} right={124} y={104} size={15} />
      <circle className="cheek" cx="60" cy="130" r="9" />
      <circle className="cheek" cx="140" cy="130" r="9" />
      <Mouth mood={mood} x={100} y={138} />
    </>
  );
}
