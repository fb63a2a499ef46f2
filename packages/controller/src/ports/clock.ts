/** Milliseconds since the Unix epoch. A world passes its own, so that months take seconds. */
export interface Clock {
  now(): number;
}
