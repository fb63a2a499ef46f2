import { Failure } from "@gauntlet/core";

import { trainCommand } from "./train-command.ts";

const stop = new AbortController();
for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => stop.abort(new Failure("conflict", `training was ended by ${name}`, { fix: "begin it again" })));
process.exitCode = await trainCommand({ args: process.argv.slice(2), env: process.env, stdout: process.stdout, stderr: process.stderr, signal: stop.signal });
