import type { JSX } from "react";

import { Digest } from "./Digest.tsx";

const DIGEST = /(sha256:[0-9a-f]{64})/;

/** A sentence of the server's; digests in it by their heads. */
export function Says({ text }: { readonly text: string }): JSX.Element {
  // oxlint-disable-next-line react/no-array-index-key -- the parts of one text have no other name
  return <>{text.split(DIGEST).map((part, index) => (DIGEST.test(part) ? <Digest key={index} value={part} /> : part))}</>;
}
