const EVERY_MS = 100;

interface Progress {
  readonly recordsSent: number;
  readonly recordsReceived: number;
}

/** A line on a terminal's standard error that says how far each session is; nothing in a log. */
export function progressLine(): { readonly show: (peer: string, progress: Progress) => void; readonly end: () => void } {
  const { stderr } = process;
  if (!stderr.isTTY) return { show: () => undefined, end: () => undefined };
  let shownAt = 0;
  return {
    show: (peer, { recordsSent, recordsReceived }) => {
      const now = performance.now();
      if (now - shownAt < EVERY_MS) return;
      shownAt = now;
      stderr.write(`\r\u001B[K  ${peer}: ${recordsReceived} records came, ${recordsSent} sent`);
    },
    end: () => void stderr.write("\r\u001B[K"),
  };
}
