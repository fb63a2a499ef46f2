/** A world's time: moved by the world and by nobody else. */
export interface WorldClock {
  now(): number;
  /** Never backwards. */
  moveTo(at: number): void;
}

export function worldClock(at: number): WorldClock {
  let now = at;
  return {
    now: () => now,
    moveTo: (to) => {
      now = Math.max(now, to);
    },
  };
}
