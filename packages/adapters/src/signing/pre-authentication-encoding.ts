/** What is signed of a payload and its type, so that neither can be taken for another: DSSE v1, "PAE". Lengths are of bytes. */
export function preAuthenticationEncoding(payloadType: string, payload: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.byteLength} `), payload]);
}
