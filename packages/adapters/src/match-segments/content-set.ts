/** A set of content ids (16 bytes each) in one table of some 40 bytes an id; a `Set` of texts takes several times that. */
export interface ContentSet {
  /** Of the ids in `words`, four words each, the one at `place`. False when it was there. */
  add(words: Int32Array, place: number): boolean;
}

const WORDS = 4;
const FIRST_SLOTS = 1024;

export function createContentSet(): ContentSet {
  let table = new Int32Array(FIRST_SLOTS * WORDS);
  let used = new Uint8Array(FIRST_SLOTS);
  let size = 0;
  /** Where it belongs; −1 when it is there. The ids are hashes, so that any of their bits will do for a start. */
  const slotOf = (words: Int32Array, at: number): number => {
    for (let slot = words[at]! & (used.length - 1); ; slot = (slot + 1) & (used.length - 1)) {
      if (used[slot] === 0) return slot;
      const there = slot * WORDS;
      if (table[there] === words[at] && table[there + 1] === words[at + 1] && table[there + 2] === words[at + 2] && table[there + 3] === words[at + 3]) return -1;
    }
  };
  const insert = (words: Int32Array, at: number): boolean => {
    const slot = slotOf(words, at);
    if (slot < 0) return false;
    used[slot] = 1;
    for (let word = 0; word < WORDS; word++) table[slot * WORDS + word] = words[at + word]!;
    return true;
  };
  const grow = (): void => {
    const [words, taken] = [table, used];
    table = new Int32Array(words.length * 2);
    used = new Uint8Array(taken.length * 2);
    for (let slot = 0; slot < taken.length; slot++) if (taken[slot] === 1) insert(words, slot * WORDS);
  };
  return {
    add: (words, place) => {
      if (!insert(words, place * WORDS)) return false;
      size++;
      if (size * 2 > used.length) grow();
      return true;
    },
  };
}

/** Content ids of 32 hex digits, as the words of a set. */
export function contentWords(ids: readonly string[]): Int32Array {
  const bytes = Buffer.from(ids.join(""), "hex");
  return new Int32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}
