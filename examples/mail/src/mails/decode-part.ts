/** Undoes the transfer encoding of a text part and reads its characters. Broken encodings are decoded as far as they go. */
export function decodePart(body: string, { encoding, type }: { readonly encoding: string; readonly type: string }): string {
  const bytes = undoTransfer(body, encoding.trim().toLowerCase());
  // Everything but UTF-8 is read as Latin-1: the words the features see are ASCII in nearly all mails.
  return /charset="?utf-?8/i.test(type) ? Buffer.from(bytes, "latin1").toString("utf8") : bytes;
}

/** The text of a piece of HTML: comments, styles, scripts and tags removed, the commonest entities read. */
export function plainText(html: string): string {
  return html
    .replaceAll(/<!--[\s\S]*?-->/g, "")
    .replaceAll(/<(style|script)\b[\s\S]*?<\/\1\s*>/gi, " ")
    .replaceAll(/<\/?(?:p|br|div|tr|td|th|li|ul|ol|table|h[1-6]|hr|center)\b[^>]*>/gi, "\n")
    // A link is kept as its address, so that links can be counted.
    .replaceAll(/<a\s[^>]*href\s*=\s*["']?([^"'\s>]+)[^>]*>/gi, " $1 ")
    .replaceAll(/<[^>]*>/g, "")
    .replaceAll(/&#(\d{1,5});/g, (_, code: string) => String.fromCharCode(Number(code)))
    .replaceAll(/&(nbsp|amp|lt|gt|quot);/gi, (_, name: string) => ENTITIES[name.toLowerCase()] ?? " ");
}

/** The words of a header that may be encoded (RFC 2047), such as a subject in another language. */
export function decodeHeader(value: string): string {
  return value.replaceAll(/=\?[\w-]+\?[bq]\?[^?]*\?=/gi, (word) => {
    const [, charset = "", encoding = "", text = ""] = word.split("?");
    const quoted = encoding.toLowerCase() === "q";
    return decodePart(quoted ? text.replaceAll("_", " ") : text, { encoding: quoted ? "quoted-printable" : "base64", type: `charset=${charset}` });
  });
}

const ENTITIES: Readonly<Record<string, string>> = { nbsp: " ", amp: "&", lt: "<", gt: ">", quot: '"' };

function undoTransfer(body: string, encoding: string): string {
  if (encoding === "base64") return Buffer.from(body, "base64").toString("latin1");
  if (encoding !== "quoted-printable") return body;
  return body
    .replaceAll(/=[ \t]*\n/g, "")
    .replaceAll(/=([0-9a-f]{2})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}
