import { Failure } from "@gauntlet/core";
import { createHmac, timingSafeEqual } from "node:crypto";

/** A webhook as it came over HTTP; a header that was not sent is undefined. */
export interface SignedDelivery {
  readonly signature: string | undefined;
  readonly deliveryId: string | undefined;
  /** Seconds since the Unix epoch, in digits. */
  readonly timestamp: string | undefined;
  readonly body: Uint8Array;
}

/** A sender tries again for two minutes with the signature it made at first; clocks may differ by the rest. */
const WINDOW_MS = 5 * 60_000;

/**
 * What MLflow signs: `v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`, the secret taken as text.
 * @param now milliseconds since the Unix epoch, of the machine's clock
 * @returns the delivery's id: the same when it is sent again
 * @throws Failure `unauthorized`, whichever part is wrong
 */
export function verifyDelivery({ signature, deliveryId, timestamp, body }: SignedDelivery, secret: string, now: number): string {
  if (signature === undefined || deliveryId === undefined || timestamp === undefined) throw refused("it has not all of X-MLflow-Signature, X-MLflow-Delivery-Id and X-MLflow-Timestamp");
  if (!/^[\w-]{1,128}$/.test(deliveryId) || !/^\d{1,12}$/.test(timestamp)) throw refused("its delivery id or its timestamp is malformed");
  const wanted = createHmac("sha256", secret).update(`${deliveryId}.${timestamp}.`).update(body).digest();
  const given = Buffer.from(/^v1,([A-Za-z0-9+/]{43}=)$/.exec(signature)?.[1] ?? "", "base64");
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) throw refused("its signature does not match");
  if (Math.abs(now - Number(timestamp) * 1000) > WINDOW_MS) throw refused("its timestamp is more than five minutes away");
  return deliveryId;
}

function refused(why: string): Failure {
  return new Failure("unauthorized", `the webhook is not taken: ${why}`, { fix: "give the webhook in MLflow the secret that stands in registry.webhookSecret, and see that both clocks are right" });
}
