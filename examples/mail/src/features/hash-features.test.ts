import { expect, test } from "vitest";

import { readMail } from "../mails/read-mails.ts";
import { featureOrderDigest } from "./feature-order.ts";
import { DIMENSIONS, hashFeatures } from "./hash-features.ts";

const PLAIN = { subject: "Lunch on Friday", text: "Shall we meet at the usual place?\nBring the patch.", html: false, attachments: 0 };

function featuresOf(headers: string) {
  const read = readMail(Buffer.from(`${headers}Subject: Lunch\nDate: Fri, 5 Jul 2002 10:00:00 +0000\n\nShall we meet?\n`), false);
  return hashFeatures(read!.mail);
}

test("a mail becomes a sparse vector of length one, the same every time", () => {
  const { indices, values } = hashFeatures(PLAIN);
  expect(Math.hypot(...values)).toBeCloseTo(1, 6);
  expect([...indices]).toEqual([...new Set(indices)].toSorted((a, b) => a - b));
  expect(Math.max(...indices)).toBeLessThan(DIMENSIONS);
  expect(hashFeatures({ ...PLAIN })).toEqual({ indices, values });
});

test("a word counts by the logarithm of its number, and a word of the subject is another feature than one of the body", () => {
  const counted = (text: string) => hashFeatures({ ...PLAIN, subject: "", text });
  const once = counted("free aaaa aaaa");
  const often = counted("free free free");
  const word = often.indices[often.values.indexOf(Math.max(...often.values))]!;
  // Values are scaled to the same length; a property that is there once is the measure.
  const against = (features: typeof once) => features.values[features.indices.indexOf(word)]! / Math.min(...features.values);
  expect(against(often) / against(once)).toBeCloseTo(1 + Math.log(3), 5);
  expect(hashFeatures({ ...PLAIN, subject: "free", text: "" }).indices).not.toContain(word);
});

test("no header but the subject is looked at, however much it would give away", () => {
  const telling = "X-Spam-Status: Yes\nList-Id: <ilug.linux.ie>\nReceived: from zzzz; Fri, 5 Jul 2002 10:00:00 +0000\nX-Mailer: bulk\nFrom: a@b.example\n";
  expect(featuresOf(telling)).toEqual(featuresOf(""));
});

test.each([
  ["the tag of a mailing list", { subject: "[Cats] Lunch" }, { subject: "[Dogs] Lunch" }],
  ["a placeholder of the corpus", { text: "Dear zzzz, hello" }, { text: "Dear yyyy, hello" }],
  ["a signature", { text: "Hello\n-- \nSome One" }, { text: "Hello\n-- \nElse Who" }],
  ["a list's footer", { text: `Hello\n${"_".repeat(47)}\nSome list` }, { text: `Hello\n${"_".repeat(47)}\nMore cats` }],
])("%s is not read", (_, one, other) => {
  expect(hashFeatures({ ...PLAIN, ...one })).toEqual(hashFeatures({ ...PLAIN, ...other }));
  expect(hashFeatures({ ...PLAIN, text: "Hello cats" })).not.toEqual(hashFeatures({ ...PLAIN, text: "Hello dogs" }));
});

test("addresses and links are counted, and not read", () => {
  const linked = (link: string) => hashFeatures({ ...PLAIN, text: `See ${link} for more` });
  expect(linked("http://a.example/one")).toEqual(linked("http://b.example/two"));
  expect(linked("one@a.example")).toEqual(linked("two@b.example"));
});

test("the order of features is pinned: weights learnt elsewhere would not fit another", () => {
  expect(featureOrderDigest()).toBe("sha256:525ca9b9079fcb24fac09ab87ff95f2db42fde6fffb4b92a23f42db3d9849260");
});
