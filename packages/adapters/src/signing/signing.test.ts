import { signDocument, STATEMENT_TYPE } from "@gauntlet/controller";
import { sealEntry } from "@gauntlet/core";
import { createPrivateKey, generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "vitest";

import { ed25519Signer } from "./ed25519-signer.ts";
import { openSignedDocument } from "./open-signed-document.ts";
import { preAuthenticationEncoding } from "./pre-authentication-encoding.ts";

/** The secret key of RFC 8032 §7.1, test 1, in PKCS #8. */
const PEM = createPrivateKey({ key: Buffer.from("302e020100300506032b6570042204209d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "hex"), format: "der", type: "pkcs8" }).export({ type: "pkcs8", format: "pem" }).toString();
const signer = ed25519Signer(PEM);
const ENTRY = sealEntry(null, { chain: "fraud", at: 1_767_225_600_000, event: { kind: "chain.started" } as never });
const CONTENT = "# fraud: promote é\n";
const envelope = signDocument(signer, { name: "decision.md", content: CONTENT }, ENTRY);
const other = ed25519Signer(generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString());

function changed(change: (parsed: { payloadType: string; payload: string; signatures: { keyid: string; sig: string }[] }) => object): string {
  return JSON.stringify(change(JSON.parse(envelope)));
}

test("the encoding is that of DSSE's specification", () => {
  expect(preAuthenticationEncoding("http://example.com/HelloWorld", Buffer.from("hello world")).toString()).toBe("DSSEv1 29 http://example.com/HelloWorld 11 hello world");
  expect(preAuthenticationEncoding("é", Buffer.from("é")).toString()).toBe("DSSEv1 2 é 2 é");
});

test("the public key is that of RFC 8032's first example, and the same input gives the same bytes", () => {
  expect(signer.publicKey).toContain("BEGIN PUBLIC KEY");
  expect(Buffer.from(signer.publicKey.replaceAll(/-----[^-]+-----|\n/g, ""), "base64").toString("hex")).toMatch(/d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a$/);
  expect(signDocument(ed25519Signer(PEM), { name: "decision.md", content: CONTENT }, ENTRY)).toBe(envelope);
});

describe("I31: an envelope", () => {
  test("says its document, and the entry that it was made from", () => {
    expect(openSignedDocument(envelope, signer.publicKey)).toEqual({ keyId: signer.keyId, name: "decision.md", sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string, content: CONTENT, decision: null, ledger: { chain: "fraud", seq: 1, sha256: ENTRY.hash } });
  });

  test.each([
    ["another key", envelope, other.publicKey, /no signature is of key/],
    ["no key", envelope, "hello", /no public key in PEM/],
    ["a key of another kind", envelope, generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey.export({ type: "spki", format: "pem" }).toString(), /of kind ec; documents are signed with Ed25519/],
    ["another payload", changed((parsed) => ({ ...parsed, payload: Buffer.from(Buffer.from(parsed.payload, "base64").toString().replace("promote", "retain")).toString("base64") })), signer.publicKey, /was changed after key/],
    ["another signature", changed((parsed) => ({ ...parsed, signatures: parsed.signatures.map(({ keyid }) => ({ keyid, sig: "AAAA" })) })), signer.publicKey, /was changed after key/],
    ["another payload type", changed((parsed) => ({ ...parsed, payloadType: "application/json" })), signer.publicKey, /payload type is "application\/json"/],
    ["a signature of no key's name", changed((parsed) => ({ ...parsed, signatures: [{ sig: "AAAA" }] })), signer.publicKey, /the envelope names "no key"/],
    ["no envelope", CONTENT, signer.publicKey, /no DSSE envelope/],
    ["a statement of something else", signer.envelope(STATEMENT_TYPE, '{"_type":"https://in-toto.io/Statement/v1"}'), signer.publicKey, /no document of Gauntlet/],
    ["a statement that contradicts itself", signer.envelope(STATEMENT_TYPE, Buffer.from((JSON.parse(envelope) as { readonly payload: string }).payload, "base64").toString().replace("promote", "retain")), signer.publicKey, /another SHA-256/],
  ])("with %s is refused", (_, text, key, message) => {
    expect(() => openSignedDocument(text, key)).toThrow(message);
  });

  test("needs no key's name: it is a hint", () => {
    expect(openSignedDocument(changed((parsed) => ({ ...parsed, signatures: [{ sig: "AAAA" }, { sig: parsed.signatures[0]?.sig }] })), signer.publicKey).name).toBe("decision.md");
  });
});

test("a signing key that is none is refused without being repeated", () => {
  expect(() => ed25519Signer("-----BEGIN SECRET-----")).toThrow(/^the signing key is no unencrypted private key in PEM$/);
  expect(() => ed25519Signer(generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ type: "pkcs8", format: "pem" }).toString())).toThrow(/of kind ec/);
});
