import type { Message } from "@gauntlet/core";

/** Another node, as far as sessions with it are concerned. */
export interface Peer {
  /** Its name in the configuration, or its address. */
  readonly name: string;
  readonly transport: "ssh" | "http";
  /**
   * Opens a line for one session. When `signal` aborts, whatever the line waits for fails.
   * @throws Failure `peer_unavailable` when it can't be reached; `unauthorized` or `forbidden` when it lets nobody in
   */
  connect(signal: AbortSignal): Promise<PeerLine>;
}

/** One message after another, each answered by one. Both methods fail with `peer_unavailable` when the line is cut or too slow; it is then closed. */
export interface PeerLine {
  /** Resolves with the answer, parsed from JSON and not looked at further. @throws Failure `too_large`, `invalid_input` for an answer that is no message at all */
  exchange(message: Message): Promise<unknown>;
  /** The last message, which nothing answers. */
  tell(message: Message): Promise<void>;
  /** As they went over the wire, so far. */
  bytes(): { readonly sent: number; readonly received: number };
  /** Safe to call again, and after a failure. */
  close(): Promise<void>;
}
