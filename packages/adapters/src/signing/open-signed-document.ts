import { DOCUMENT_PREDICATE, STATEMENT_SCHEMA, STATEMENT_TYPE } from "@gauntlet/controller";
import { Failure, sha256 } from "@gauntlet/core";
import { verify } from "node:crypto";

import { fieldsOf, jsonOf } from "../json/read-json.ts";
import { preAuthenticationEncoding } from "./pre-authentication-encoding.ts";
import { keyIdOf, publicKeyOf } from "./public-key.ts";

/** What a signed document says, once its signature was found to be of the key. */
export interface SignedDocument {
  readonly keyId: string;
  readonly name: string;
  readonly sha256: string;
  readonly content: string;
  /** null for a document that is of no decision. */
  readonly decision: string | null;
  readonly ledger: { readonly chain: string; readonly seq: number; readonly sha256: string };
}

/**
 * Verifies an envelope with a public key in PEM, offline.
 * @throws Failure `invalid_input` that says what does not hold: the envelope's shape, its payload type, the key, the
 * signature, or the statement within.
 */
export function openSignedDocument(envelope: string, publicKeyPem: string): SignedDocument {
  const key = publicKeyOf(publicKeyPem);
  const keyId = keyIdOf(key);
  const { payloadType, payload, signatures } = envelopeOf(envelope);
  if (payloadType !== STATEMENT_TYPE) throw new Failure("invalid_input", `the envelope's payload type is ${JSON.stringify(payloadType.slice(0, 100))}; a signed document has ${STATEMENT_TYPE}`, { fix: "get the envelope again from the run in the registry" });
  const bytes = Buffer.from(payload, "base64");
  const signed = preAuthenticationEncoding(payloadType, bytes);
  // A key id is only a hint (DSSE): every signature is tried.
  if (!signatures.some(({ sig }) => verify(null, signed, key, Buffer.from(sig, "base64")))) throw notOfKey(keyId, signatures.map(({ keyid }) => keyid));
  return documentOf(keyId, bytes.toString());
}

function notOfKey(keyId: string, named: readonly (string | undefined)[]): Failure {
  if (named.includes(keyId)) return new Failure("invalid_input", `the signature is not of what the envelope holds: payload, payload type or signature was changed after key ${keyId} signed`, { fix: "get the envelope again from the run in the registry; if it is the same there, somebody changed it" });
  return new Failure("invalid_input", `no signature is of key ${keyId}; the envelope names ${named.map((name) => JSON.stringify(name?.slice(0, 80) ?? "no key")).join(", ")}`, { fix: "give the public key that was in use when the document was written" });
}

interface Envelope {
  readonly payloadType: string;
  readonly payload: string;
  readonly signatures: readonly { readonly keyid?: string; readonly sig: string }[];
}

function envelopeOf(text: string): Envelope {
  const { payloadType, payload, signatures } = fieldsOf(jsonOf(text));
  const listed = Array.isArray(signatures) ? signatures.map(fieldsOf) : [];
  const read = listed.flatMap(({ keyid, sig }) => (typeof sig === "string" ? [{ sig, ...(typeof keyid === "string" ? { keyid } : {}) }] : []));
  if (typeof payloadType !== "string" || typeof payload !== "string" || read.length === 0 || read.length !== listed.length) {
    throw new Failure("invalid_input", "the file is no DSSE envelope: it needs payloadType, payload and signatures", { fix: "name a file that ends with .dsse.json" });
  }
  return { payloadType, payload, signatures: read };
}

function documentOf(keyId: string, payload: string): SignedDocument {
  const statement = fieldsOf(jsonOf(payload));
  const { name, digest } = fieldsOf(Array.isArray(statement["subject"]) ? statement["subject"][0] : null);
  const { sha256: stated } = fieldsOf(digest);
  const { decision, ledger, content } = fieldsOf(statement["predicate"]);
  const { chain, seq, sha256: entry } = fieldsOf(ledger);
  const isOurs = statement["_type"] === STATEMENT_SCHEMA && statement["predicateType"] === DOCUMENT_PREDICATE;
  if (!isOurs || typeof name !== "string" || typeof stated !== "string" || typeof content !== "string" || typeof chain !== "string" || typeof seq !== "number" || typeof entry !== "string") {
    throw new Failure("invalid_input", "the signature is of this key, but what it signs is no document of Gauntlet", { fix: "name the envelope of a decision document or a lifecycle" });
  }
  if (sha256(content) !== stated) throw new Failure("invalid_input", "the statement's text has another SHA-256 than its subject", { fix: "whoever holds the key signed a statement that contradicts itself; ask them" });
  return { keyId, name, sha256: stated, content, decision: typeof decision === "string" ? decision : null, ledger: { chain, seq, sha256: entry } };
}
