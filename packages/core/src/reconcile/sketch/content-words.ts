/** A content id (32 hex digits) as four words, written from `at` on. */
export function writeWords(id: string, words: Int32Array, at: number): void {
  for (let word = 0; word < 4; word++) {
    let value = 0;
    for (let digit = 0; digit < 8; digit++) value = (value << 4) | hexDigit(id.charCodeAt(word * 8 + digit));
    words[at + word] = value;
  }
}

export function readWords(words: Int32Array, at: number): string {
  let id = "";
  for (let word = 0; word < 4; word++) id += ((words[at + word] ?? 0) >>> 0).toString(16).padStart(8, "0");
  return id;
}

/** Room for `length` numbers: the same array, or one twice as large with the same content. */
export function withRoom(words: Int32Array<ArrayBuffer>, length: number): Int32Array<ArrayBuffer> {
  if (words.length >= length) return words;
  const larger = new Int32Array(Math.max(length, words.length * 2, 64));
  larger.set(words);
  return larger;
}

function hexDigit(code: number): number {
  return code < 58 ? code - 48 : code - 87;
}
