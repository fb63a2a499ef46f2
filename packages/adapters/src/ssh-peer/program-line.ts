import type { PeerLine } from "@gauntlet/controller";
import { Failure } from "@gauntlet/core";
import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";

import { frameOf, frameReader, GREETING } from "../peer-wire/frames.ts";
import { peerError, printable } from "../peer-wire/peer-error.ts";

export interface ProgramLineOptions {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly signal: AbortSignal;
  /** How long the program may take until it greets, and then for each answer. */
  readonly greetingTimeoutMs: number;
  readonly messageTimeoutMs: number;
  /** What the end of the program means. */
  readonly explain: (code: number | null, said: string) => { readonly what: string; readonly fix: string };
}

const SAID_MAX = 200;
const ENDING_MS = 2000;

/** A line to a far end that speaks in frames on the standard output of a program. @throws Failure `peer_unavailable` */
export async function programLine(options: ProgramLineOptions): Promise<PeerLine> {
  const { name, program, args, signal, messageTimeoutMs } = options;
  const bytes = { sent: 0, received: 0 };
  const child = spawn(program, [...args], { stdio: ["pipe", "pipe", "pipe"] });
  const inbox = openInbox(child, options, bytes);
  const stop = (): void => inbox.fail(new Failure("peer_unavailable", `${name}: the time for it is over`, { fix: "allow more time, or try again when there is less to do" }));
  signal.addEventListener("abort", stop, { once: true });
  const close = async (): Promise<void> => {
    signal.removeEventListener("abort", stop);
    await end(child, inbox.ended);
  };
  try {
    if (signal.aborted) stop();
    await inbox.greeted(options.greetingTimeoutMs);
  } catch (error) {
    await close();
    throw error;
  }
  const send = async (message: unknown): Promise<void> => {
    const frame = frameOf(message);
    bytes.sent += frame.length;
    // What can't be written shows as the program's end.
    await new Promise<void>((resolve) => child.stdin.write(frame, () => resolve()));
  };
  return {
    async exchange(message) {
      const answer = inbox.next(messageTimeoutMs);
      await Promise.race([send(message), answer]);
      const said = await answer;
      const error = peerError(name, said);
      if (error === null) return said;
      inbox.fail(error);
      throw error;
    },
    tell: send,
    bytes: () => ({ ...bytes }),
    close,
  };
}

interface Inbox {
  greeted(timeoutMs: number): Promise<void>;
  next(timeoutMs: number): Promise<unknown>;
  fail(failure: Failure): void;
  readonly ended: Promise<void>;
}

/** What the program says, in order; whoever waits hears of its end too. */
function openInbox(child: ChildProcessWithoutNullStreams, { name, program, explain }: ProgramLineOptions, bytes: { received: number }): Inbox {
  const reader = frameReader();
  const messages: unknown[] = [];
  let [greeting, said] = ["", ""];
  let failure: Failure | null = null;
  let wake: () => void = () => undefined;
  const fail = (why: Failure): void => {
    failure ??= why;
    child.kill();
    wake();
  };
  const read = (chunk: Buffer): void => {
    bytes.received += chunk.length;
    let rest = chunk;
    if (greeting.length < GREETING.length) {
      const missing = GREETING.length - greeting.length;
      greeting += chunk.subarray(0, missing).toString("latin1");
      rest = chunk.subarray(missing);
      if (!GREETING.startsWith(greeting)) throw notASession(name, greeting + rest.toString("latin1"));
    }
    messages.push(...reader.read(rest));
  };
  child.stdout.on("data", (chunk: Buffer) => {
    if (failure !== null) return;
    try {
      read(chunk);
    } catch (error) {
      fail(error as Failure);
    }
    wake();
  });
  child.stderr.on("data", (chunk: Buffer) => (said = (said + chunk.toString()).slice(0, 4000)));
  child.stdin.on("error", () => undefined);
  const ended = new Promise<void>((resolve) => {
    child.once("error", (cause) => {
      fail(new Failure("peer_unavailable", `${name}: ${program} can't be started: ${cause.message}`, { fix: `install OpenSSH's client, or name its program`, cause }));
      resolve();
    });
    child.once("close", (code) => {
      const text = printable(said, SAID_MAX);
      const { what, fix } = explain(code, said);
      const cut = reader.pending() > 0 ? ", in the middle of a message" : "";
      fail(new Failure("peer_unavailable", `${name}: ${what}${cut}${text === "" ? "" : `: ${text}`}`, { fix }));
      resolve();
    });
  });
  async function until<T>(timeoutMs: number, what: string, ready: () => T | undefined): Promise<T> {
    const timer = setTimeout(() => fail(new Failure("peer_unavailable", `${name} ${what} within ${timeoutMs / 1000} s${said === "" ? "" : `: ${printable(said, SAID_MAX)}`}`, { fix: "look whether the node is busy or its network is slow; allow more time with --timeout" })), timeoutMs);
    try {
      for (;;) {
        const found = ready();
        if (found !== undefined) return found;
        if (failure !== null) throw failure;
        await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      clearTimeout(timer);
    }
  }
  return {
    greeted: async (timeoutMs) => void (await until(timeoutMs, "did not begin a session", () => (greeting === GREETING ? true : undefined))),
    next: (timeoutMs) => until(timeoutMs, "did not answer", () => messages.shift()),
    fail,
    ended,
  };
}

/** With a moment for the program to finish what it was told last. */
async function end(child: ChildProcessWithoutNullStreams, ended: Promise<void>): Promise<void> {
  child.stdin.end();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, ENDING_MS)));
  await Promise.race([ended, late]);
  clearTimeout(timer);
  if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
}

function notASession(name: string, said: string): Failure {
  return new Failure("peer_unavailable", `${name} begins with "${printable(said, 80)}" instead of a session`, { fix: "the far end's shell must print nothing by itself, and its command must be `gauntlet ratings serve --stdio`" });
}
