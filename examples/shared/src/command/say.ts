/** A sentence on standard error: standard output is for the result. */
export function say(text: string): void {
  process.stderr.write(`${process.stderr.isTTY ? "\r\u001B[K" : ""}gauntlet: ${text}\n`);
}

/** A moving line on a terminal; nothing in a log, where the sentences before and after say enough. */
export function showProgress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001B[K  ${text}`);
}
