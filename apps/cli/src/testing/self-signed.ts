import { generateKeyPairSync, sign } from "node:crypto";

const DAY_MS = 86_400_000;

/** A certificate of 127.0.0.1 that is its own authority (RFC 5280), in PEM, with its key: for servers of a test, valid for a day. */
export function selfSigned(now: number): { readonly cert: string; readonly key: string } {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const ecdsaWithSha256 = der(0x30, oid("2a8648ce3d040302"));
  const name = der(0x30, der(0x31, der(0x30, oid("550403"), der(0x0c, Buffer.from("a test")))));
  const validity = der(0x30, utcTime(now - DAY_MS), utcTime(now + DAY_MS));
  const extensions = der(0x30, der(0x30, oid("551d13"), der(0x04, der(0x30, der(0x01, Buffer.from([255]))))), der(0x30, oid("551d11"), der(0x04, der(0x30, der(0x87, Buffer.from([127, 0, 0, 1]))))));
  const spki = publicKey.export({ type: "spki", format: "der" });
  const body = der(0x30, der(0xa0, der(0x02, Buffer.from([2]))), der(0x02, Buffer.from([1])), ecdsaWithSha256, name, validity, name, spki, der(0xa3, extensions));
  const whole = der(0x30, body, ecdsaWithSha256, der(0x03, Buffer.from([0]), sign("sha256", body, privateKey)));
  return { cert: `-----BEGIN CERTIFICATE-----\n${whole.toString("base64")}\n-----END CERTIFICATE-----\n`, key: privateKey.export({ type: "pkcs8", format: "pem" }).toString() };
}

/** Tag, length and contents, as DER has them. */
function der(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function oid(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, "hex"));
}

function utcTime(at: number): Buffer {
  const digits = new Date(at).toISOString().replaceAll(/\D/g, "");
  return der(0x17, Buffer.from(`${digits.slice(2, 14)}Z`));
}
