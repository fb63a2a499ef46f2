import fc from "fast-check";
import { createHash } from "node:crypto";
import { expect, test } from "vitest";

import { redact } from "./redact.ts";

const rule = { salt: "pepper", depthMax: 32 };
const clean = (value: unknown, salt: string | null = "pepper") => redact(value, { salt, depthMax: 32 })?.value;
const hash = (address: string) => createHash("sha256").update(`pepper:${address}`).digest("hex");

test("e-mail addresses are hashed with the salt wherever they stand, the same whatever their case", () => {
  const email = hash("ann.o'neil+x@example.co.uk");
  expect(clean({ email: "Ann.O'Neil+x@Example.co.uk", deep: [{ note: "write to ann.o'neil+x@example.co.uk, soon" }], "ann.o'neil+x@example.co.uk": 1 })).toEqual({
    email,
    deep: [{ note: `write to ${email}, soon` }],
    [email]: 1,
  });
  expect(clean("jürgen@müller.example")).toBe(hash("jürgen@müller.example"));
  expect(clean({ to: "ann@example.com" }, null)).toEqual({ to: "[email]" });
  expect(clean("meet @ noon, 5@home")).toBe("meet @ noon, 5@home");
});

test.each([
  ["192.168.1.17", "192.168.1.0"],
  ["from 10.0.0.255 via 8.8.4.4:443", "from 10.0.0.0 via 8.8.4.0:443"],
  ["999.1.1.1", "999.1.1.1"],
  ["1.2.3", "1.2.3"],
  ["1.2.3.4.5", "1.2.3.4.5"],
  ["2001:db8:85a3:8d3:1319:8a2e:370:7348", "2001:db8:85a3::"],
  ["2001:DB8::1", "2001:db8::"],
  ["::1", "::"],
  ["::ffff:192.0.2.128", "::ffff:192.0.2.0"],
  ["[fe80::1%eth0]", "[fe80::%eth0]"],
  ["at 12:34:56", "at 12:34:56"],
  ["std::move", "std::move"],
  ["1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8:9"],
])("the address %s is kept as %s", (given, kept) => expect(clean({ ip: given })).toEqual({ ip: kept }));

test("coordinates keep one decimal, in numbers, lists and text; other numbers all of theirs", () => {
  expect(clean({ lat: 45.1234, longitude: -122.5678, cost: 1.2345, geo: { point: [13.38886, 52.51704] }, coordinates: [[1.25, -0.04]], location: "45.1234, -122.5678" })).toEqual({
    lat: 45.1,
    longitude: -122.6,
    cost: 1.2345,
    geo: { point: [13.4, 52.5] },
    coordinates: [[1.3, 0]],
    location: "45.1, -122.6",
  });
});

test("names of people, telephone numbers and passwords go with their keys; names of things stay", () => {
  const things = { meal_name: "Lasagne", model_name: "planner", experiment_name: "e", names_shown: 3, title: "t", phone_model: "p" };
  const people = { name: "J", names: ["J"], firstName: "J", "last-name": "D", FULL_NAME: "J D", userName: "jd", username: "jd", surname: "D", contact_name: "J", phone: "1", mobile_phone: "2", telephone: "3", phoneNumber: "4", password: "x" };
  expect(clean({ ...things, ...people, data_collected: { ...people, size: 2 }, list: [people] })).toEqual({ ...things, data_collected: { size: 2 }, list: [{}] });
});

test("what no store keeps as text is replaced, what JSON can't say is null", () => {
  expect(clean({ a: "x\0y", b: "\uD800z", c: Number.POSITIVE_INFINITY })).toEqual({ a: "x\uFFFDy", b: "\uFFFDz", c: null });
  const hostile = clean(JSON.parse('{"__proto__": {"admin": true}, "constructor": 1}')) as object;
  expect(Object.keys(hostile)).toEqual(["__proto__", "constructor"]);
  expect(Object.getPrototypeOf(hostile)).toBe(Object.prototype);
});

test("nesting ends", () => {
  const nested = (depth: number) => JSON.parse("[".repeat(depth) + "1" + "]".repeat(depth)) as unknown;
  expect(redact(nested(32), rule)).not.toBeNull();
  expect(redact(nested(33), rule)).toBeNull();
  expect(redact(nested(5000), rule)).toBeNull();
});

test("long texts made to be slow are not", () => {
  for (const text of ["1", "1.", "a@", "a.", "::", "1:", "-", "_", " "].map((part) => part.repeat(500_000))) expect(redact({ geo: text, text, [text]: 1 }, rule)).not.toBeNull();
}, 20_000);

test("nothing of an address is left, and cleaning twice is cleaning once", () => {
  const octet = fc.integer({ min: 0, max: 255 });
  const arbitrary = fc.record({ user: fc.stringMatching(/^[a-z0-9._]{1,20}$/), octets: fc.tuple(octet, octet, octet, fc.integer({ min: 1, max: 255 })), around: fc.constantFrom("", "x: ", "(", "\n") });
  fc.assert(
    fc.property(arbitrary, fc.jsonValue(), ({ user, octets, around }, rest) => {
      const once = clean({ a: `${around}${user}@example.com`, b: [`${around}${octets.join(".")}`], rest });
      const text = JSON.stringify(once);
      expect(text).not.toContain("@example.com");
      expect((once as { b: string[] }).b[0]).toBe(`${around}${octets.slice(0, 3).join(".")}.0`);
      expect(clean(once)).toEqual(once);
    }),
  );
});
