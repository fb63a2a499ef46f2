import type { JSX } from "react";

import { configWords, ROLE_WORDS, type Variant } from "../format/experiment.ts";
import { basisPoints } from "../format/number.ts";
import { Moment } from "./Moment.tsx";
import { ScrollRegion } from "./ScrollRegion.tsx";

/** Each variant with its share, its buckets and what it runs; archived ones at the end. */
export function VariantTable({ variants }: { readonly variants: readonly Variant[] }): JSX.Element {
  const ordered = variants.toSorted((a, b) => Number(a.archivedAt !== null) - Number(b.archivedAt !== null) || a.position - b.position);
  return (
    <ScrollRegion label="Variants">
      <table className="variants">
        <thead>
          <tr>
            <th scope="col">Variant</th>
            <th scope="col">Role</th>
            <th scope="col">Share</th>
            <th scope="col">Buckets</th>
            <th scope="col">Runs</th>
          </tr>
        </thead>
        <tbody>
          {ordered.map((variant) => (
            <tr key={variant.id}>
              <th scope="row">{variant.name}</th>
              <td>
                {ROLE_WORDS[variant.role]}
                {variant.archivedAt === null ? null : (
                  <span className="quiet">
                    , archived <Moment at={variant.archivedAt} />
                  </span>
                )}
              </td>
              <td>{basisPoints(variant.basisPoints)}</td>
              <td>{variant.ranges.length === 0 ? "none" : variant.ranges.map(({ from, to }) => `${from}–${to - 1}`).join(", ")}</td>
              <td>
                {configWords(variant)}
                {variant.config === null ? null : (
                  <details>
                    <summary>Configuration</summary>
                    <pre>{JSON.stringify(variant.config, null, 2)}</pre>
                  </details>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}
