/** Counts what is under way, and tells when nothing is. */
export interface Activity {
  begin(): void;
  end(): void;
  /** Resolves at once when nothing is under way, else when the last has ended. */
  onIdle(): Promise<void>;
}

export function watchActivity(): Activity {
  let underWay = 0;
  let waiting: (() => void)[] = [];
  return {
    begin: () => {
      underWay += 1;
    },
    end: () => {
      underWay -= 1;
      if (underWay > 0 || waiting.length === 0) return;
      const told = waiting;
      waiting = [];
      for (const resolve of told) resolve();
    },
    onIdle: async () => {
      if (underWay === 0) return;
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
      });
    },
  };
}
