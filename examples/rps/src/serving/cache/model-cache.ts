/**
 * Where model files are kept near the application: a folder, or a bucket. Keys are paths with "/". Every call may be
 * repeated; all throw when the store can't be reached, and the caller goes on without it.
 */
export interface ModelCache {
  /** For people: where it is. */
  readonly place: string;
  /** All keys that begin with `prefix`, in order, however many pages the store needs for them. */
  list(prefix: string): Promise<readonly string[]>;
  /** Null when there is no such key. */
  read(key: string): Promise<Uint8Array | null>;
  /** A reader sees the old content or the new one, never a part. */
  write(key: string, content: Uint8Array): Promise<void>;
  /** Removes one key; one that isn't there is no failure. */
  remove(key: string): Promise<void>;
}
