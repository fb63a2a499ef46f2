import { trainOnce } from "./train.ts";

const say = (line: string): void => void process.stderr.write(`${JSON.stringify({ at: new Date().toISOString(), message: line })}\n`);

// A cluster that ends it takes its runs for running otherwise, and the next trainer waits for them.
const stop = new AbortController();
for (const name of ["SIGTERM", "SIGINT"] as const) process.once(name, () => stop.abort(new Error(`training was ended by ${name}`)));

try {
  const { hasFailures } = await trainOnce(process.env, say, stop.signal);
  process.exitCode = hasFailures ? 1 : 0;
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
