import { expect, test } from "vitest";

import { parseDate } from "./parse-date.ts";

test.each([
  ["Thu, 22 Aug 2002 18:26:25 +0700", "2002-08-22T11:26:25.000Z"],
  ["Thu, 22 Aug 2002 18:26:25 +0700 (ICT)", "2002-08-22T11:26:25.000Z"],
  ["Thu,  5 Sep 2002 09:00:01 -0400 (EDT)", "2002-09-05T13:00:01.000Z"],
  ["5 Sep 2002 09:00:01 -0430", "2002-09-05T13:30:01.000Z"],
  ["Thu,5 Sep 2002 09:00 GMT", "2002-09-05T09:00:00.000Z"],
  ["Thu, 5 Sep 2002 09:00:00 EDT", "2002-09-05T13:00:00.000Z"],
  ["Thu, 5 Sep 2002 9:5:7 (GMT)", "2002-09-05T09:05:07.000Z"],
  ["Thu, 5 Sep 2002 12:00:00", "2002-09-05T12:00:00.000Z"],
  ["05 Sep 02 9:00:00 PM", "2002-09-05T21:00:00.000Z"],
  ["05 Sep 02 12:30:00 AM", "2002-09-05T00:30:00.000Z"],
  ["05 Sep 102 21:00:00 +0000", "2002-09-05T21:00:00.000Z"],
  ["05 Sep 99 21:00:00 +0000", "1999-09-05T21:00:00.000Z"],
  ["2002/09/05 Thu 09:00:00 CDT", "2002-09-05T14:00:00.000Z"],
  ["sender@example.net Thu Aug 22 12:36:23 2002", "2002-08-22T12:36:23.000Z"],
  // An offset nobody lives at, and one with two signs: the clock is believed, the zone is not.
  ["Thu, 5 Sep 2002 09:00:00 +9900", "2002-09-05T09:00:00.000Z"],
  ["Thu, 5 Sep 2002 09:00:00 +-0800", "2002-09-05T09:00:00.000Z"],
])("%s", (written, expected) => {
  expect(new Date(parseDate(written) ?? Number.NaN).toISOString()).toBe(expected);
});

test.each(["", "yesterday", "Thu, 5 Foo 2002 09:00:00", "Thu, 35 Sep 2002 09:00:00", "Thu, 5 Sep 2002 25:00:00"])("no date in %j", (written) => {
  expect(parseDate(written)).toBeNull();
});
