/** A private key that vouches for documents. The same payload gives the same envelope, so that writing it again changes nothing. */
export interface Signer {
  /** SHA-256 of the public key as SPKI in DER, 64 hex digits. */
  readonly keyId: string;
  /** SPKI as PEM, for whoever verifies. */
  readonly publicKey: string;
  /** A DSSE envelope (v1) around the payload, as JSON text with a newline at its end. */
  envelope(payloadType: string, payload: string): string;
}
