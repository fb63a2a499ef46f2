import { Failure } from "@gauntlet/core";
import { createHash, createPublicKey, type KeyObject } from "node:crypto";

/** @throws Failure `invalid_input` when the text is no Ed25519 public key in PEM. */
export function publicKeyOf(pem: string): KeyObject {
  const fix = "give the publicKey of GET /v1/signing-key, or the output of `openssl pkey -in signing.pem -pubout`";
  let key: KeyObject;
  try {
    key = createPublicKey(pem);
  } catch (cause) {
    throw new Failure("invalid_input", "the key is no public key in PEM", { fix, cause });
  }
  if (key.asymmetricKeyType !== "ed25519") throw new Failure("invalid_input", `the key is of kind ${key.asymmetricKeyType}; documents are signed with Ed25519`, { fix });
  return key;
}

/** SHA-256 of the key as SPKI in DER, 64 hex digits. */
export function keyIdOf(key: KeyObject): string {
  return createHash("sha256").update(key.export({ type: "spki", format: "der" })).digest("hex");
}
