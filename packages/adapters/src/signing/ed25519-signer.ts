import type { Signer } from "@gauntlet/controller";
import { Failure } from "@gauntlet/core";
import { createPrivateKey, createPublicKey, sign, type KeyObject } from "node:crypto";

import { preAuthenticationEncoding } from "./pre-authentication-encoding.ts";
import { keyIdOf } from "./public-key.ts";

/**
 * Signs with an Ed25519 private key in PEM (PKCS #8, not encrypted). Ed25519 (RFC 8032) takes no randomness.
 * @throws Failure `invalid_input` when the text is no such key; the text is not repeated.
 */
export function ed25519Signer(pem: string): Signer {
  const key = privateKey(pem);
  const publicKey = createPublicKey(key);
  const keyId = keyIdOf(publicKey);
  return {
    keyId,
    publicKey: publicKey.export({ type: "spki", format: "pem" }).toString(),
    envelope(payloadType, payload) {
      const signature = sign(null, preAuthenticationEncoding(payloadType, Buffer.from(payload)), key);
      return `${JSON.stringify({ payloadType, payload: Buffer.from(payload).toString("base64"), signatures: [{ keyid: keyId, sig: signature.toString("base64") }] })}\n`;
    },
  };
}

function privateKey(pem: string): KeyObject {
  const fix = "make one with `openssl genpkey -algorithm ed25519 -out signing.pem`";
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    // The cause may quote the text.
    throw new Failure("invalid_input", "the signing key is no unencrypted private key in PEM", { fix });
  }
  if (key.asymmetricKeyType !== "ed25519") throw new Failure("invalid_input", `the signing key is of kind ${key.asymmetricKeyType}; documents are signed with Ed25519`, { fix });
  return key;
}
