/** Numbers from 0 to 2³² − 1 that grow in number, in memory that doubles. */
export interface GrowingNumbers {
  values: Uint32Array;
  length: number;
}

const FIRST = 16;

export function growingNumbers(): GrowingNumbers {
  return { values: new Uint32Array(FIRST), length: 0 };
}

/** Makes room for so many more. */
export function reserve(numbers: GrowingNumbers, more: number): void {
  let room = numbers.values.length;
  while (room < numbers.length + more) room *= 2;
  if (room === numbers.values.length) return;
  const larger = new Uint32Array(room);
  larger.set(numbers.values);
  numbers.values = larger;
}

/** Returns the place. */
export function appendNumber(numbers: GrowingNumbers, value: number): number {
  if (numbers.length === numbers.values.length) reserve(numbers, 1);
  numbers.values[numbers.length] = value;
  return numbers.length++;
}
