/** The start of the time bucket that holds `at`; both in milliseconds. */
export function bucketStartOf(at: number, bucketMs: number): number {
  return Math.floor(at / bucketMs) * bucketMs;
}
