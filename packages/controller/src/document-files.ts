import { drawAnalysis, Failure, renderAnalysis, type AnalysisDocument, type DocumentEffect, type DocumentSignature, type LedgerEntry } from "@gauntlet/core";
import { stringify } from "yaml";

import { analyseDecision } from "./analysis/analyse-decision.ts";
import type { Controller } from "./controller.ts";
import { findDecision } from "./find-decision.ts";
import type { Signer } from "./ports/signer.ts";
import { renderDocument } from "./render-document.ts";
import { envelopePath, signDocument } from "./sign-document.ts";

export interface DocumentFile {
  /** Within the run. */
  readonly path: string;
  readonly content: string;
}

/**
 * What a document effect writes: the document, and with a key its envelope. An analysis also reads the files of the
 * challenger's run, as they are now, and is not signed.
 */
export async function documentFiles(controller: Pick<Controller, "store" | "artifacts" | "registry" | "signer">, { model, decisionId, document }: Pick<DocumentEffect, "model" | "decisionId" | "document">): Promise<readonly DocumentFile[]> {
  const { store, signer } = controller;
  const entry = await findDecision(store, model, decisionId);
  if (isAnalysis(document)) return [{ path: document, content: await analysisText(controller, document, entry) }];
  const content = renderDocument(document, entry, signatureOf(signer, document));
  return [{ path: document, content }, ...(signer === undefined ? [] : [{ path: envelopePath(document), content: signDocument(signer, { name: document, content }, entry) }])];
}

/** What a document says of its signature. */
export function signatureOf(signer: Signer | undefined, document: string): DocumentSignature {
  return signer === undefined ? { kind: "none" } : { kind: "ed25519", key: signer.keyId, envelope: envelopePath(document) };
}

export function isAnalysis(document: DocumentEffect["document"]): document is AnalysisDocument {
  return document.startsWith("failure_analysis.");
}

async function analysisText(controller: Pick<Controller, "artifacts" | "registry">, document: AnalysisDocument, entry: LedgerEntry): Promise<string> {
  try {
    const analysis = await analyseDecision(controller, entry);
    switch (document) {
      case "failure_analysis.md":
        return renderAnalysis(analysis);
      case "failure_analysis.yaml":
        return stringify(analysis, { aliasDuplicateObjects: false });
      case "failure_analysis.svg":
        return drawAnalysis(analysis);
    }
  } catch (error) {
    // A damaged file of somebody's must not keep a rollback from being finished.
    if (error instanceof Failure && (error.code === "invalid_input" || error.code === "not_found")) return notAnalysed(document, error);
    throw error;
  }
}

function notAnalysed(document: AnalysisDocument, { message, fix }: Failure): string {
  const says = `Not analysed: ${message}`;
  if (document === "failure_analysis.yaml") return stringify({ primary: "undetermined", says, fix });
  if (document === "failure_analysis.md") return `# Not analysed\n\n    ${says.replaceAll(/\s+/g, " ")}\n\n    ${fix ?? ""}\n`;
  return '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 60" role="img"><title>Not analysed</title><text x="16" y="36">Not analysed; see failure_analysis.md.</text></svg>\n';
}
