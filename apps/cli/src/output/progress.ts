const WIDTH = 30;
const EVERY_MS = 100;

/** A moving line on a terminal's standard error; nothing in a log. */
export function progressBar(what: string): { readonly move: (done: number, of: number) => void; readonly end: () => void } {
  const { stderr } = process;
  if (!stderr.isTTY) return { move: () => undefined, end: () => undefined };
  let shownAt = 0;
  return {
    move: (done, of) => {
      const now = performance.now();
      if (now - shownAt < EVERY_MS && done < of) return;
      shownAt = now;
      const filled = Math.round((WIDTH * done) / Math.max(1, of));
      stderr.write(`\r\u001B[K  ${"█".repeat(filled)}${"░".repeat(WIDTH - filled)} ${done} of ${of} ${what}`);
    },
    end: () => void stderr.write("\r\u001B[K"),
  };
}
