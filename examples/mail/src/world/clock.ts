/** The world's time: that of the mails, moved by the replay and by nobody else. */
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
