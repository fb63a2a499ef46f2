/**
 * Reads the same thing for many at once: those who ask while a reading is under way share the next one, which begins after
 * all of them asked. So nobody is given what was there before.
 */
export function sharedReads<T>(read: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const present = new Map<string, Promise<T>>();
  const next = new Map<string, Promise<T>>();
  const begin = (key: string): Promise<T> => {
    next.delete(key);
    const reading = read(key).finally(() => present.get(key) === reading && present.delete(key));
    present.set(key, reading);
    return reading;
  };
  return (key) => {
    const running = present.get(key);
    if (running === undefined) return begin(key);
    let shared = next.get(key);
    if (shared === undefined) {
      const start = (): Promise<T> => begin(key);
      shared = running.then(start, start);
      next.set(key, shared);
    }
    return shared;
  };
}
