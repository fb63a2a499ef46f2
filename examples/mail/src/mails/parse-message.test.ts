import { expect, test } from "vitest";

import { arrivalOf } from "./arrival.ts";
import { decodeHeader } from "./decode-part.ts";
import { parseMessage } from "./parse-message.ts";

const MULTIPART = `From someone@example.net  Thu Aug 22 12:36:23 2002
Received: from far (far.example.net)
\tby near.example.net; Thu, 22 Aug 2002 12:36:16 +0100
Received: from nowhere; Thu, 22 Aug 1980 11:00:00 +0100
Date: Sat, 01 Jan 2028 00:00:00 +0000
Content-Type: multipart/mixed;
 boundary="cut"

preamble
--cut
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

caf=C3=A9 and so=
on
--cut
Content-Type: text/html
Content-Transfer-Encoding: base64

${Buffer.from("<html><!-- hid-->den<style>x{}</style><p>Buy&nbsp;<b>n</b>ow</p><a href='http://x.example/'>here</a></html>").toString("base64")}
--cut
Content-Type: image/gif

R0lGODlh
--cut--
epilogue
`;

test("parts are decoded, markup is removed, attachments are counted", () => {
  const message = parseMessage(MULTIPART);
  expect(message.text).toContain("café and soon");
  expect(message.text).toMatch(/den\s+Buy now\s+http:\/\/x\.example\/ here/);
  expect(message.text).not.toMatch(/preamble|epilogue|hid--|x\{\}/);
  expect([message.html, message.attachments]).toEqual([true, 1]);
});

test("headers are unfolded, case is dropped, repetition is kept in order", () => {
  const { headers } = parseMessage(MULTIPART.replaceAll("\n", "\r\n"));
  expect(headers.get("received")).toEqual(["from far (far.example.net) by near.example.net; Thu, 22 Aug 2002 12:36:16 +0100", "from nowhere; Thu, 22 Aug 1980 11:00:00 +0100"]);
});

test("the topmost Received line says when a mail arrived, then the envelope, and the sender's own date comes last", () => {
  const arrival = (source: string) => arrivalOf(parseMessage(source));
  expect(arrival(MULTIPART)).toEqual({ at: Date.UTC(2002, 7, 22, 11, 36, 16), by: "received" });
  const unreceived = MULTIPART.replaceAll(/Received:/g, "X-Nothing:");
  expect(arrival(unreceived)).toEqual({ at: Date.UTC(2002, 7, 22, 12, 36, 23), by: "envelope" });
  expect(arrival(unreceived.slice(unreceived.indexOf("\n") + 1))).toBeNull();
  expect(arrival("Date: Thu, 22 Aug 2002 12:00:00 +0200\n\nhello")).toEqual({ at: Date.UTC(2002, 7, 22, 10), by: "date" });
});

test.each([
  ["no header at all", "just text", ""],
  ["no body", "Subject: x", ""],
  ["an empty mail", "", ""],
  ["a boundary that never comes", "Content-Type: multipart/mixed; boundary=q\n\nlost", ""],
  ["broken base64", "Content-Transfer-Encoding: base64\n\naGVsbG8*=", "hello"],
  ["a type that is no type", "Content-Type: text\n\nplain", "plain"],
])("%s is read without an error", (_, source, text) => {
  expect(parseMessage(source).text).toBe(text);
});

test("encoded words of a subject are read", () => {
  expect(decodeHeader("=?iso-8859-1?Q?caf=E9_now?= and =?utf-8?B?w6k=?=")).toBe("café now and é");
});
