import { serve } from "./serve.ts";

const say = (line: string): void => void process.stderr.write(`${JSON.stringify({ at: new Date().toISOString(), message: line })}\n`);

try {
  const served = await serve(process.env, say);
  say(`the game at ${served.url}`);
  let isEnding = false;
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => {
      if (isEnding) process.exit(1);
      isEnding = true;
      say(`${signal}: ending`);
      void served.close().then(() => process.exit(0), (error: unknown) => {
        say(String(error));
        process.exit(1);
      });
    });
  }
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
