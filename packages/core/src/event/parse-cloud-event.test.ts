import { expect, test } from "vitest";

import { cloudEventOfHeaders, isJson, parseCloudEvent, uuidOfCloudEvent } from "./parse-cloud-event.ts";

const base64 = (text: string) => Buffer.from(text, "base64").toString();
const event = { specversion: "1.0", id: "A234-1234-1234", source: "/shop", type: "io.gauntlet.outcome", time: "2026-01-20T12:00:00Z", datacontenttype: "application/json; charset=utf-8", data: { a: 1 } };
const envelope = { id: event.id, source: event.source, type: event.type, time: event.time, data: event.data };
const pointers = (change: object) => (parseCloudEvent({ ...event, ...change }, base64) as readonly { pointer: string }[]).map(({ pointer }) => pointer);

test("structured: attributes and data, extensions let pass, data in base64 decoded", () => {
  expect(parseCloudEvent(event, base64)).toEqual(envelope);
  const { time: _time, datacontenttype: _type, ...least } = event;
  expect(parseCloudEvent({ ...least, traceparent: "00-1" }, base64)).toEqual({ ...envelope, time: null });
  const { data: _data, ...rest } = event;
  expect(parseCloudEvent({ ...rest, data_base64: Buffer.from('{"a":1}').toString("base64") }, base64)).toEqual(envelope);
});

test("binary: the same from headers, which are percent-encoded", () => {
  const { data, datacontenttype: _type, ...attributes } = event;
  expect(cloudEventOfHeaders(attributes, data)).toEqual(envelope);
  expect(cloudEventOfHeaders({ ...attributes, source: "/caf%C3%A9%20%22x%22" }, data)).toMatchObject({ source: '/café "x"' });
  expect(cloudEventOfHeaders({ ...attributes, source: "/%E0%A4" }, data)).toMatchObject({ source: "/%E0%A4" });
  expect(cloudEventOfHeaders({ specversion: "1.0", id: "1", type: "t" }, data)).toMatchObject([{ pointer: "/source" }]);
});

test.each([
  [{ specversion: "0.3" }, ["/specversion"]],
  [{ specversion: undefined, id: undefined, source: "", type: 7 }, ["/specversion", "/id", "/source", "/type"]],
  [{ id: "x".repeat(2049) }, ["/id"]],
  [{ datacontenttype: "text/xml" }, ["/datacontenttype"]],
  [{ time: 7 }, ["/time"]],
  [{ data: undefined }, ["/data"]],
  [{ data_base64: "e30=" }, ["/data_base64"]],
  [{ data: undefined, data_base64: "!!!" }, ["/data_base64"]],
  [{ data: undefined, data_base64: 7 }, ["/data_base64"]],
])("%j is refused, naming %j", (change, named) => expect(pointers(change)).toEqual(named));

test.each([null, 7, "x", []])("%j is no CloudEvent", (value) => expect(parseCloudEvent(value, base64)).toMatchObject([{ pointer: "" }]));

test("an event's UUID is that of its source and id", () => {
  const uuid = uuidOfCloudEvent({ source: "/shop", id: "1" });
  expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(uuidOfCloudEvent({ source: "/shop", id: "1" })).toBe(uuid);
  expect(new Set([uuid, uuidOfCloudEvent({ source: "/sho", id: "p1" }), uuidOfCloudEvent({ source: "/shop1", id: "" })]).size).toBe(3);
});

test("what is JSON by its content type", () => {
  expect(["application/json", "application/vnd.x+json; charset=utf-8", "text/json"].map(isJson)).toEqual([true, true, true]);
  expect(["", "application/xml", "json", "application/jsonx"].map(isJson)).toEqual([false, false, false, false]);
});
