import { decisionDocument, lifecycleDocument, renderMarkdown, type AnalysisDocument, type DocumentEffect, type LedgerEntry } from "@gauntlet/core";
import { stringify } from "yaml";

/** The text of a document, made from the ledger entry of its decision alone: the same entry, the same bytes. */
export function renderDocument(name: Exclude<DocumentEffect["document"], AnalysisDocument>, entry: LedgerEntry): string {
  switch (name) {
    case "decision.md":
      return renderMarkdown(decisionDocument(entry));
    case "decision.yaml":
      return stringify(decisionDocument(entry), { aliasDuplicateObjects: false });
    case "model_lifecycle.yaml":
      return stringify(lifecycleDocument(entry), { aliasDuplicateObjects: false });
  }
}
