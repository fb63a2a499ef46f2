import type { Mail } from "../mails/mail.ts";

/** Version 1 learns from the mails before `version1`, version 2 from those before `version2`; the rest is replayed. */
export const CUTS = { version1: Date.UTC(2002, 6, 19), version2: Date.UTC(2002, 7, 5) } as const;

export interface Split {
  readonly version1: readonly Mail[];
  /** Holds the mails of version 1 too. */
  readonly version2: readonly Mail[];
  /** Every mail that arrived after the last training mail of either version, in order of time. */
  readonly replay: readonly Mail[];
}

/** Cuts mails in order of time. A mail arrives on one side of a cut only, so none is learnt from and replayed. */
export function splitByTime(mails: readonly Mail[], cuts: { readonly version1: number; readonly version2: number } = CUTS): Split {
  return {
    version1: mails.filter((mail) => mail.at < cuts.version1),
    version2: mails.filter((mail) => mail.at < cuts.version2),
    replay: mails.filter((mail) => mail.at >= cuts.version2),
  };
}
