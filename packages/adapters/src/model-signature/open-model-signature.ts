import type { OpenedSignature } from "@gauntlet/controller";
import { Failure } from "@gauntlet/core";
import { verify, type KeyObject } from "node:crypto";

import { preAuthenticationEncoding } from "../signing/pre-authentication-encoding.ts";
import { keyIdOf } from "../signing/public-key.ts";
import { readBundle } from "./read-bundle.ts";
import { readStatement } from "./read-statement.ts";

interface NamedKey {
  readonly name: string;
  readonly key: KeyObject;
}

/**
 * Verifies a model's signature as the Python package model_signing writes it: a sigstore bundle (v0.3) around a DSSE envelope
 * around an in-toto statement of files, signed with a key. Offline; time and transparency logs play no part.
 */
export function openModelSignature(text: string, keys: readonly NamedKey[]): OpenedSignature {
  try {
    const { payloadType, payload, signatures } = readBundle(text);
    const signed = preAuthenticationEncoding(payloadType, payload);
    // What the bundle says of its key is a hint, which anybody can write.
    const by = keys.find(({ key }) => signatures.some((signature) => isBy(key, signed, signature)));
    if (by === undefined) return { kind: "refused", why: "key", detail: `it is not by ${keys.map(({ name }) => `"${name}"`).join(" or ")}, or was changed after it was signed.` };
    return { kind: "opened", key: by.name, keyId: keyIdOf(by.key), signed: readStatement(payload) };
  } catch (error) {
    if (error instanceof Failure) return { kind: "refused", why: "malformed", detail: `${error.message}.` };
    throw error;
  }
}

/** By curve, as sigstore's key types have it. */
const HASHES: Readonly<Record<string, string>> = { prime256v1: "sha256", secp384r1: "sha384", secp521r1: "sha512" };

function isBy(key: KeyObject, signed: Buffer, signature: Buffer): boolean {
  const hash = key.asymmetricKeyType === "ec" ? (HASHES[key.asymmetricKeyDetails?.namedCurve ?? ""] ?? null) : null;
  try {
    return verify(hash, signed, key, signature);
  } catch {
    // Bytes that are no signature of this kind of key at all.
    return false;
  }
}
