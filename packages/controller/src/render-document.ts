import { decisionDocument, lifecycleDocument, renderMarkdown, type DocumentEffect, type DocumentSignature, type LedgerEntry } from "@gauntlet/core";
import { stringify } from "yaml";

/**
 * The text of a document, made from the ledger entry of its decision: the same entry and key, the same bytes. It says
 * whether it is signed where `signature` does; left out, it says nothing of that.
 */
export function renderDocument(name: DocumentEffect["document"], entry: LedgerEntry, signature?: DocumentSignature): string {
  const said = signature === undefined ? {} : { signature };
  switch (name) {
    case "decision.md":
    case "test_decision.md":
      return renderMarkdown({ ...decisionDocument(entry), ...said });
    case "decision.yaml":
    case "test_decision.yaml":
      return stringify({ ...decisionDocument(entry), ...said }, { aliasDuplicateObjects: false });
    case "model_lifecycle.yaml":
      return stringify({ ...lifecycleDocument(entry), ...said }, { aliasDuplicateObjects: false });
  }
}
