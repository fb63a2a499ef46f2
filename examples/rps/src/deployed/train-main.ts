import { trainOnce } from "./train.ts";

const say = (line: string): void => void process.stderr.write(`${JSON.stringify({ at: new Date().toISOString(), message: line })}\n`);

try {
  const { hasFailures } = await trainOnce(process.env, say);
  process.exitCode = hasFailures ? 1 : 0;
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
