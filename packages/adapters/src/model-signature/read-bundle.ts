import { Failure } from "@gauntlet/core";

import { fieldsOf, jsonOf } from "../json/read-json.ts";

/** The signed part of a sigstore bundle. */
interface Envelope {
  readonly payloadType: string;
  readonly payload: Buffer;
  readonly signatures: readonly Buffer[];
}

const BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json";
const IN_TOTO = "application/vnd.in-toto+json";
const TEXT_MAX = 4 * 2 ** 20;

/** A bundle that was signed with a key. @throws Failure `invalid_input` that says what it is instead. */
export function readBundle(text: string): Envelope {
  if (text.length > TEXT_MAX) throw refused(`the signature file is larger than the ${TEXT_MAX} characters that are read`);
  const bundle = fieldsOf(jsonOf(text));
  const { mediaType, verificationMaterial, dsseEnvelope } = bundle;
  if (mediaType !== BUNDLE) throw refused(typeof mediaType === "string" ? `the signature file is of the media type ${JSON.stringify(mediaType.slice(0, 100))}; ${BUNDLE} is read` : "the signature file is no sigstore bundle in JSON");
  const material = fieldsOf(verificationMaterial);
  if (material["certificate"] !== undefined || material["x509CertificateChain"] !== undefined) throw refused("the signature is by a certificate, and only signatures by a key are verified");
  if (typeof material["publicKey"] !== "object") throw refused("the signature file names no key that it was signed with");
  const { payloadType, payload, signatures } = fieldsOf(dsseEnvelope);
  const bytes = base64Of(payload);
  const listed = (Array.isArray(signatures) ? signatures : []).map((one: unknown) => base64Of(fieldsOf(one)["sig"]));
  const all = listed.filter((one) => one !== null);
  if (bytes === null || all.length === 0 || all.length !== listed.length) throw refused("the signature file has no DSSE envelope with a payload and signatures in base64");
  if (payloadType !== IN_TOTO) throw refused(`the signature is of a payload of type ${JSON.stringify(String(payloadType).slice(0, 100))}; ${IN_TOTO} is read`);
  return { payloadType, payload: bytes, signatures: all };
}

export function refused(message: string): Failure {
  return new Failure("invalid_input", message);
}

function base64Of(value: unknown): Buffer | null {
  return typeof value === "string" && value !== "" && value.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(value) ? Buffer.from(value, "base64") : null;
}
