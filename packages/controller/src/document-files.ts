import type { DocumentEffect, DocumentSignature } from "@gauntlet/core";

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

/** What a document effect writes: the document, and with a key its envelope. */
export async function documentFiles(controller: Pick<Controller, "store" | "signer">, { model, decisionId, document }: Pick<DocumentEffect, "model" | "decisionId" | "document">): Promise<readonly DocumentFile[]> {
  const { store, signer } = controller;
  const entry = await findDecision(store, model, decisionId);
  const content = renderDocument(document, entry, signatureOf(signer, document));
  return [{ path: document, content }, ...(signer === undefined ? [] : [{ path: envelopePath(document), content: signDocument(signer, { name: document, content }, entry) }])];
}

/** What a document says of its signature. */
export function signatureOf(signer: Signer | undefined, document: string): DocumentSignature {
  return signer === undefined ? { kind: "none" } : { kind: "ed25519", key: signer.keyId, envelope: envelopePath(document) };
}
