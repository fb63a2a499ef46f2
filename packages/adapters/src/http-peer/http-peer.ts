import type { Peer, PeerLine } from "@gauntlet/controller";
import { Failure, FAILURES, type FailureCode } from "@gauntlet/core";

import { PACKED_BYTES_MAX, packMessage, tooLarge, unpackMessage } from "../peer-wire/pack-message.ts";
import { printable } from "../peer-wire/peer-error.ts";

export interface HttpPeerOptions {
  readonly name: string;
  /** Where messages are sent: the sessions' path of a Gauntlet server. */
  readonly url: string;
  readonly token: string | null;
  /** How long an answer may take. */
  readonly messageTimeoutMs: number;
}

export const SESSION_TYPE = "application/vnd.gauntlet.session";

/** A node that is reached over the HTTP API of its server; each message is a call. Redirects are not followed. */
export function httpPeer(options: HttpPeerOptions): Peer {
  return { name: options.name, transport: "http", connect: async (signal) => httpLine(options, signal) };
}

/** Passes messages on to a server and gives its answers; null for a message that needs none. */
export function relayTo(options: HttpPeerOptions): (message: unknown) => Promise<unknown> {
  const never = new AbortController().signal;
  return poster(options, never, { sent: 0, received: 0 });
}

function poster({ name, url, token, messageTimeoutMs }: HttpPeerOptions, signal: AbortSignal, bytes: { sent: number; received: number }): (message: unknown) => Promise<unknown> {
  return async (message) => {
    const body = new Uint8Array(packMessage(message));
    bytes.sent += body.length;
    const slow = AbortSignal.timeout(messageTimeoutMs);
    try {
      const response = await fetch(url, {
        method: "POST",
        headers: { "content-type": SESSION_TYPE, accept: SESSION_TYPE, ...(token === null ? {} : { authorization: `Bearer ${token}` }) },
        body,
        redirect: "error",
        signal: AbortSignal.any([signal, slow]),
      });
      const answer = await readBytes(response);
      bytes.received += answer.length;
      if (response.status === 204) return null;
      if (!response.ok) throw refusal(name, response.status, answer);
      if (response.headers.get("content-type") !== SESSION_TYPE) throw new Failure("peer_unavailable", `${name} answers with ${response.headers.get("content-type") ?? "no type"} instead of a session's message`, { fix: "give the URL of a Gauntlet server, without a path" });
      return unpackMessage(answer);
    } catch (cause) {
      if (cause instanceof Failure) throw cause;
      throw new Failure("peer_unavailable", `${name} ${signal.aborted ? "was not done in the time for all of it" : slow.aborted ? `did not answer within ${messageTimeoutMs / 1000} s` : `can't be reached: ${reasonOf(cause)}`}`, { fix: "look whether its server runs and is reachable from here", cause });
    }
  };
}

function httpLine(options: HttpPeerOptions, signal: AbortSignal): PeerLine {
  const bytes = { sent: 0, received: 0 };
  const post = poster(options, signal, bytes);
  return {
    exchange: async (message) => {
      const answer = await post(message);
      if (answer === null) throw new Failure("invalid_input", `${options.name} has no answer where one is due`, { fix: "check that both nodes run versions that know each other" });
      return answer;
    },
    tell: async (message) => void (await post(message)),
    bytes: () => ({ ...bytes }),
    close: async () => undefined,
  };
}

async function readBytes(response: Response): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.byteLength;
    if (length > PACKED_BYTES_MAX) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** From the problem that a Gauntlet server gives, or whatever else answered. */
function refusal(name: string, status: number, body: Buffer): Failure {
  const { code, detail, fix } = problemOf(body);
  const known = typeof code === "string" && Object.hasOwn(FAILURES, code) ? (code as FailureCode) : "peer_unavailable";
  const said = typeof detail === "string" ? printable(detail) : printable(body.subarray(0, 200).toString("utf8"));
  return new Failure(known, `${name} answers ${status}${said === "" ? "" : `: ${said}`}`, typeof fix === "string" ? { fix: printable(fix) } : {});
}

function problemOf(body: Buffer): { readonly code?: unknown; readonly detail?: unknown; readonly fix?: unknown } {
  try {
    const value: unknown = JSON.parse(body.toString("utf8"));
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}

/** fetch says "fetch failed" and keeps the reason as its cause. */
function reasonOf(error: unknown): string {
  const { cause, message } = error as { readonly cause?: { readonly code?: unknown; readonly message?: unknown }; readonly message?: unknown };
  return printable(String(cause?.code ?? cause?.message ?? message), 200);
}
