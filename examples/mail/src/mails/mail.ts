/** One mail of the corpus, read and decoded. Its text lives in memory only. */
export interface Mail {
  /** SHA-256 of the mail's bytes, hex. Names the mail in outcomes, labels and ledgers without telling a word of it. */
  readonly id: string;
  /** When it arrived, milliseconds since the Unix epoch (see `arrivalOf`). */
  readonly at: number;
  /** The truth: whether the corpus files it under spam. */
  readonly spam: boolean;
  /** First 16 hex digits of the SHA-256 of the sender's address in lower case. */
  readonly sender: string;
  /** Digest of the letters of the body: personalised copies of one text share it. */
  readonly bodyDigest: string;
  readonly subject: string;
  /** Decoded text parts, markup removed. */
  readonly text: string;
  /** Whether a part is HTML. */
  readonly html: boolean;
  /** How many parts are not text. */
  readonly attachments: number;
}

/** The group a mail is filed under decides its truth. `hard-ham` looks like spam and is not. */
export const GROUPS = [
  { folder: "easy-ham-1", spam: false },
  { folder: "easy-ham-2", spam: false },
  { folder: "hard-ham-1", spam: false },
  { folder: "spam-1", spam: true },
  { folder: "spam-2", spam: true },
] as const;
