import { paths, type ModelDetail } from "@gauntlet/contract";
import type { JSX } from "react";

import { VERDICT_WORDS, wordFor } from "../format/words.ts";
import { Moment } from "./Moment.tsx";
import { Panel } from "./Panel.tsx";

/** The decision documents, as text for people and as YAML for machines. */
export function Documents({ documents }: { readonly documents: ModelDetail["documents"] }): JSX.Element {
  return (
    <Panel title="Decision documents">
      {documents.length === 0 ? <p className="quiet">A document is written with each verdict that ends a rollout.</p> : null}
      <ul className="plain-list">
        {documents.map((document) => (
          <li key={document.decisionId}>
            <strong>{wordFor(VERDICT_WORDS, document.verdict)}</strong> <Moment at={document.at} />
            <p className="document-links">
              <a href={paths.document(document.decisionId, "md")} target="_blank" rel="noreferrer">
                Markdown<span className="hidden"> of {document.decisionId}</span>
              </a>
              <a href={paths.document(document.decisionId, "yaml")} target="_blank" rel="noreferrer">
                YAML<span className="hidden"> of {document.decisionId}</span>
              </a>
              <code className="digest">{document.decisionId}</code>
            </p>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
