/** Parts of a list, each with at most as many items, and about as many bytes, as one call may have. */
export function* batchesOf<T>(items: readonly T[], max: { readonly items: number; readonly bytes: number }): Generator<{ readonly from: number; readonly batch: readonly T[] }> {
  const bytesMax = max.bytes * 0.9;
  let from = 0;
  let bytes = 0;
  for (let at = 0; at < items.length; at++) {
    // A character of JSON is at most three bytes of UTF-8.
    const size = JSON.stringify(items[at]).length * 3;
    if (at > from && (at - from === max.items || bytes + size > bytesMax)) {
      yield { from, batch: items.slice(from, at) };
      [from, bytes] = [at, 0];
    }
    bytes += size;
  }
  if (from < items.length) yield { from, batch: items.slice(from) };
}
