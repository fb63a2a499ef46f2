import { canonicalJson, sha256, type LedgerEntry } from "@gauntlet/core";

import type { Signer } from "./ports/signer.ts";

/** The media type of an in-toto statement, the payload of a signed document. */
export const STATEMENT_TYPE = "application/vnd.in-toto+json";
export const STATEMENT_SCHEMA = "https://in-toto.io/Statement/v1";
export const DOCUMENT_PREDICATE = "urn:gauntlet:predicate:document:v1";

/** Beside the document itself. */
export function envelopePath(document: string): string {
  return `${document}.dsse.json`;
}

/**
 * A document as a signed in-toto statement (v1): its subject is the file by name and SHA-256, and the predicate holds the
 * text and the ledger entry that it was made from, so that the envelope alone can be verified. No time is in it.
 */
export function signDocument(signer: Signer, file: { readonly name: string; readonly content: string }, entry: LedgerEntry): string {
  const statement = {
    _type: STATEMENT_SCHEMA,
    subject: [{ name: file.name, digest: { sha256: sha256(file.content) } }],
    predicateType: DOCUMENT_PREDICATE,
    predicate: {
      decision: entry.event.kind === "decision" ? entry.event.decision.id : null,
      ledger: { chain: entry.chain, seq: entry.seq, sha256: entry.hash },
      content: file.content,
    },
  };
  return signer.envelope(STATEMENT_TYPE, canonicalJson(statement));
}
