import { decodePart, plainText } from "./decode-part.ts";

/** A message split into what the world uses. Header names are lower case; a repeated header keeps its order. */
export interface Message {
  /** The mailbox's own first line, `From sender date`, without the leading `From `; null when there is none. */
  readonly envelope: string | null;
  readonly headers: ReadonlyMap<string, readonly string[]>;
  /** The body as it came, undecoded. */
  readonly rawBody: string;
  readonly text: string;
  readonly html: boolean;
  readonly attachments: number;
}

/** Deeper nesting than this is taken as text: no honest mail has it. */
const DEPTH_MAX = 6;

/** Reads one message (RFC 2822 and MIME) from Latin-1 text. Never throws: spam breaks every rule of the format. */
export function parseMessage(source: string): Message {
  const unix = source.replaceAll("\r\n", "\n");
  const hasEnvelope = unix.startsWith("From ");
  const start = hasEnvelope ? unix.indexOf("\n") + 1 : 0;
  const { head, body } = cutAtBlankLine(unix.slice(start));
  const headers = parseHeaders(head);
  const parts = textParts({ headers, body, depth: 0 });
  return {
    envelope: hasEnvelope ? unix.slice(5, Math.max(5, start - 1)) : null,
    headers,
    rawBody: body,
    text: parts.texts.join("\n"),
    html: parts.html,
    attachments: parts.attachments,
  };
}

function cutAtBlankLine(text: string): { readonly head: string; readonly body: string } {
  if (text.startsWith("\n")) return { head: "", body: text.slice(1) };
  const end = text.indexOf("\n\n");
  return end < 0 ? { head: text, body: "" } : { head: text.slice(0, end), body: text.slice(end + 2) };
}

function parseHeaders(head: string): ReadonlyMap<string, readonly string[]> {
  const headers = new Map<string, string[]>();
  for (const line of head.replaceAll(/\n[ \t]+/g, " ").split("\n")) {
    const colon = line.indexOf(":");
    if (colon < 1) continue;
    const name = line.slice(0, colon).toLowerCase();
    const values = headers.get(name);
    if (values === undefined) headers.set(name, [line.slice(colon + 1).trim()]);
    else values.push(line.slice(colon + 1).trim());
  }
  return headers;
}

interface Part {
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly body: string;
  readonly depth: number;
}

interface Parts {
  readonly texts: readonly string[];
  readonly html: boolean;
  readonly attachments: number;
}

function textParts({ headers, body, depth }: Part): Parts {
  const type = headers.get("content-type")?.[0] ?? "text/plain";
  const boundary = /^multipart\//i.test(type) ? /boundary="?([^";]+)"?/i.exec(type)?.[1]?.trim() : undefined;
  if (boundary !== undefined && depth < DEPTH_MAX) {
    const inner = splitParts(body, boundary).map((part) => {
      const cut = cutAtBlankLine(part);
      return textParts({ headers: parseHeaders(cut.head), body: cut.body, depth: depth + 1 });
    });
    return {
      texts: inner.flatMap((part) => part.texts),
      html: inner.some((part) => part.html),
      attachments: inner.reduce((sum, part) => sum + part.attachments, 0),
    };
  }
  if (!/^(text|multipart|message)\b/i.test(type) && type.includes("/")) return { texts: [], html: false, attachments: 1 };
  const decoded = decodePart(body, { encoding: headers.get("content-transfer-encoding")?.[0] ?? "", type });
  const html = /^text\/html\b/i.test(type) || /<html\b|<body\b|<table\b/i.test(decoded);
  return { texts: [html ? plainText(decoded) : decoded], html, attachments: 0 };
}

function splitParts(body: string, boundary: string): readonly string[] {
  const parts = `\n${body}`.split(`\n--${boundary}`);
  // Before the first boundary stands the preamble, after the last one ("--") the epilogue.
  return parts.slice(1).filter((part) => !part.startsWith("--")).map((part) => part.slice(part.indexOf("\n") + 1));
}
