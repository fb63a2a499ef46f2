/** Guesses of versions, of every round that was ever acknowledged, each once: whichever process played it, and whatever was killed since. Test games have none. */
export interface GuessCounts {
  /** Of these versions; one that never guessed is left out. */
  of(versions: readonly GuessingVersion[]): Promise<readonly CountedGuesses[]>;
}

interface GuessingVersion {
  /** "brian": of its family there are versions of the same number as of others. */
  readonly policy: string;
  readonly version: string;
}

export interface CountedGuesses extends GuessingVersion {
  readonly guesses: number;
  readonly right: number;
}
