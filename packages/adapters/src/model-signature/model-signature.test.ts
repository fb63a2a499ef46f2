import { createHash, generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import { describe, expect, test } from "vitest";

import { preAuthenticationEncoding } from "../signing/pre-authentication-encoding.ts";
import { modelKeys } from "./model-keys.ts";

const pem = (key: KeyObject): string => key.export({ type: "spki", format: "pem" }).toString();
const p256 = generateKeyPairSync("ec", { namedCurve: "P-256" });
const p384 = generateKeyPairSync("ec", { namedCurve: "P-384" });
const ed25519 = generateKeyPairSync("ed25519");
const keys = modelKeys({ release: pem(p256.publicKey), archive: pem(p384.publicKey), lab: pem(ed25519.publicKey) });

const hex = (text: string): string => createHash("sha256").update(text).digest("hex");
const RESOURCES = [
  { algorithm: "sha256", digest: hex("flavors: {}"), name: "MLmodel" },
  { algorithm: "sha256", digest: hex("weights"), name: "data/model.pkl" },
];

function statementOf(resources: readonly { readonly digest: string }[] = RESOURCES): Record<string, unknown> {
  const root = createHash("sha256");
  for (const { digest } of resources) root.update(Buffer.from(digest, "hex"));
  return {
    _type: "https://in-toto.io/Statement/v1",
    subject: [{ name: "model", digest: { sha256: root.digest("hex") } }],
    predicateType: "https://model_signing/signature/v1.0",
    predicate: { serialization: { method: "files", hash_type: "sha256", allow_symlinks: false, ignore_paths: ["model.sig", ".git", "../outside"] }, resources },
  };
}

const TYPE = "application/vnd.in-toto+json";

function bundleOf(statement: unknown, { hash, key }: { readonly hash: string | null; readonly key: KeyObject } = { hash: "sha256", key: p256.privateKey }): Record<string, unknown> {
  const payload = Buffer.from(JSON.stringify(statement));
  const sig = sign(hash, preAuthenticationEncoding(TYPE, payload), key).toString("base64");
  return {
    mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
    verificationMaterial: { publicKey: { hint: "whatever anybody wrote" }, tlogEntries: [] },
    dsseEnvelope: { payload: payload.toString("base64"), payloadType: TYPE, signatures: [{ sig, keyid: "" }] },
  };
}

const open = (bundle: unknown, names: readonly string[] = ["release"]) => keys.open(typeof bundle === "string" ? bundle : JSON.stringify(bundle), names);

test.each([
  ["P-256", "release", { hash: "sha256", key: p256.privateKey }],
  ["P-384", "archive", { hash: "sha384", key: p384.privateKey }],
  ["Ed25519", "lab", { hash: null, key: ed25519.privateKey }],
])("I36: a signature with a key of %s is opened, and says its files", (_, name, by) => {
  const opened = open(bundleOf(statementOf(), by), ["release", "archive", "lab"]);
  expect(opened).toEqual({ kind: "opened", key: name, keyId: expect.stringMatching(/^[0-9a-f]{64}$/) as string, signed: { files: RESOURCES.map(({ name: path, digest }) => ({ path, sha256: digest })), ignored: ["model.sig", ".git"] } });
});

describe("I36: a signature is refused", () => {
  const good = bundleOf(statementOf());
  const envelope = good["dsseEnvelope"] as Record<string, unknown>;
  const files = (change: Partial<{ name: string; algorithm: string; digest: string }>) => statementOf([{ ...RESOURCES[0]!, ...change }]);
  const serialized = (change: object) => ({ ...statementOf(), predicate: { resources: RESOURCES, serialization: { method: "files", hash_type: "sha256", ...change } } });
  test.each([
    ["of another key", bundleOf(statementOf(), { hash: "sha256", key: generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey }), "key", /not by "release", or was changed/],
    ["of a key that the policy does not name", bundleOf(statementOf(), { hash: null, key: ed25519.privateKey }), "key", /not by "release"/],
    ["whose payload was changed", { ...good, dsseEnvelope: { ...envelope, payload: Buffer.from(JSON.stringify(statementOf(RESOURCES.slice(1)))).toString("base64") } }, "key", /changed after it was signed/],
    ["of no bytes of a signature", { ...good, dsseEnvelope: { ...envelope, signatures: [{ sig: "AAAA" }] } }, "key", /not by/],
    ["that is no JSON", "-----BEGIN SIGNATURE-----", "malformed", /no sigstore bundle/],
    ["of an older bundle", { ...good, mediaType: "application/vnd.dev.sigstore.bundle+json;version=0.2" }, "malformed", /version=0.2/],
    ["by a certificate", { ...good, verificationMaterial: { x509CertificateChain: { certificates: [] } } }, "malformed", /by a certificate/],
    ["without a key", { ...good, verificationMaterial: {} }, "malformed", /names no key/],
    ["without an envelope", { ...good, dsseEnvelope: undefined, messageSignature: {} }, "malformed", /no DSSE envelope/],
    ["with a signature that is no base64", { ...good, dsseEnvelope: { ...envelope, signatures: [{ sig: "&" }] } }, "malformed", /no DSSE envelope/],
    ["of another payload type", { ...good, dsseEnvelope: { ...envelope, payloadType: "text/plain" } }, "malformed", /"text\/plain"/],
    ["that is huge", `{"mediaType":"${"x".repeat(5 << 20)}"}`, "malformed", /larger than/],
    ["of another statement", bundleOf({ ...statementOf(), predicateType: "https://slsa.dev/provenance/v1" }), "malformed", /slsa/],
    ["of shards", bundleOf(serialized({ method: "shards" })), "malformed", /signed as shards by sha256/],
    ["of other digests", bundleOf(serialized({ hash_type: "blake3" })), "malformed", /files by blake3/],
    ["of a digest that is none", bundleOf(files({ digest: "ab" })), "malformed", /without a name and a SHA-256/],
    ["of a path that leaves the model", bundleOf(files({ name: "../../etc/passwd" })), "malformed", /no path within a model/],
    ["of an absolute path", bundleOf(files({ name: "/etc/passwd" })), "malformed", /no path within a model/],
    ["of a path with backslashes", bundleOf(files({ name: "a\\..\\b" })), "malformed", /no path within a model/],
    ["of a file twice", bundleOf(statementOf([RESOURCES[0]!, RESOURCES[0]!])), "malformed", /a file twice/],
    ["of no files", bundleOf(statementOf([])), "malformed", /lists no files/],
    ["that contradicts itself", bundleOf({ ...statementOf(), subject: [{ name: "model", digest: { sha256: "0".repeat(64) } }] }), "malformed", /contradicts itself/],
  ])("%s", (_, bundle, why, told) => {
    const refused = open(bundle);
    expect(refused).toMatchObject({ kind: "refused", why });
    expect(refused.kind === "refused" ? refused.detail : "").toMatch(told);
  });
});

test.each([
  ["a private key", p256.privateKey.export({ type: "pkcs8", format: "pem" }).toString(), /is a private key/],
  ["no key", "hello", /no public key in PEM/],
  ["a key of another kind", pem(generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey), /of kind rsa/],
  ["a curve that nobody signs with", pem(generateKeyPairSync("ec", { namedCurve: "secp256k1" }).publicKey), /of kind ec secp256k1/],
])("a model key that is %s is refused", (_, text, told) => {
  expect(() => modelKeys({ release: text })).toThrow(told);
});
