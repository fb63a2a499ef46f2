import type { SignatureOpener } from "@gauntlet/controller";
import { Failure } from "@gauntlet/core";
import { createPublicKey, type KeyObject } from "node:crypto";

import { openModelSignature } from "./open-model-signature.ts";

/**
 * Public keys in PEM, by the names that policies use: ECDSA on P-256, P-384 or P-521, or Ed25519.
 * @throws Failure `invalid_input` that names the key that is none.
 */
export function modelKeys(pems: Readonly<Record<string, string>>): SignatureOpener {
  const keys = new Map(Object.entries(pems).map(([name, pem]) => [name, publicKey(name, pem)]));
  return {
    names: [...keys.keys()],
    open: (text, names) => openModelSignature(text, names.flatMap((name) => {
      const key = keys.get(name);
      return key === undefined ? [] : [{ name, key }];
    })),
  };
}

const CURVES: ReadonlySet<string> = new Set(["prime256v1", "secp384r1", "secp521r1"]);

function publicKey(name: string, pem: string): KeyObject {
  const fix = "give the public key of whoever signs: `openssl pkey -in signing.pem -pubout`";
  // A private key would be taken too, and has no place in a verifier.
  if (/PRIVATE KEY/.test(pem)) throw new Failure("invalid_input", `the model key "${name}" is a private key; the public one verifies`, { fix });
  let key: KeyObject;
  try {
    key = createPublicKey(pem);
  } catch (cause) {
    throw new Failure("invalid_input", `the model key "${name}" is no public key in PEM`, { fix, cause });
  }
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  if (type === "ed25519" || (type === "ec" && CURVES.has(details?.namedCurve ?? ""))) return key;
  throw new Failure("invalid_input", `the model key "${name}" is of kind ${type ?? "unknown"} ${details?.namedCurve ?? ""}`.trimEnd(), { fix: "give a key on P-256, P-384 or P-521, or an Ed25519 key" });
}
