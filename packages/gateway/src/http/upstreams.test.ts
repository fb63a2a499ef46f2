import { afterAll, beforeAll, expect, test } from "vitest";

import type { Answer } from "../answer.ts";
import { listen, startUpstream } from "../testing/upstream.ts";
import type { Listening } from "../testing/upstream.ts";
import { httpUpstreams } from "./upstreams.ts";

let upstream: Listening;

beforeAll(async () => {
  upstream = await startUpstream();
});

afterAll(() => upstream.close());

async function ask(path: string, threshold?: number): Promise<Answer> {
  const answer = httpUpstreams({
    urls: { "2": `${upstream.url}${path}` },
    fetch,
    timeoutMs: 150,
    ...(threshold === undefined ? {} : { thresholds: { "2": threshold } }),
  });
  return answer("2", { requestId: "r/1", unit: "u", payload: { x: 0.5 } }, new AbortController().signal);
}

test("the payload is posted and the answer read", async () => {
  expect(await ask("/good")).toEqual({ score: 0.5, prediction: false, output: { id: "r%2F1" } });
  expect(await ask("/empty")).toEqual({ score: null, prediction: null, output: null });
});

test("a threshold belongs to the version, and the score must lie above it", async () => {
  expect(await ask("/good", 0.49)).toMatchObject({ prediction: true });
  expect(await ask("/good", 0.5)).toMatchObject({ prediction: false });
  await expect(ask("/empty", 0.5)).rejects.toThrow("version 2 has a threshold but gave no score");
});

test.each([
  ["/failing", "answer_failed", "version 2 answered 500"],
  ["/resetting", "answer_failed", "version 2 cannot be reached"],
  ["/html", "answer_failed", "did not answer with a JSON object"],
  ["/list", "answer_failed", "did not answer with a JSON object"],
  ["/text-score", "answer_failed", "a score that is not a number"],
  ["/number-prediction", "answer_failed", "neither true nor false"],
  ["/moved", "answer_failed", "version 2 cannot be reached: unexpected redirect"],
  ["/huge", "answer_failed", "answered more than 4194304 bytes"],
  ["/hanging", "answer_timeout", "did not answer in time"],
  ["/stalling", "answer_timeout", "did not answer in time"],
])("an upstream that is %s is that version's %s", async (path, code, message) => {
  await expect(ask(path)).rejects.toMatchObject({ code, message: expect.stringContaining(message) as string });
});

test("a version without a URL, and a server that is not there", async () => {
  const gone = await listen(() => undefined);
  await gone.close();
  const answer = httpUpstreams({ urls: { "1": gone.url }, fetch, timeoutMs: 1000 });
  const question = { requestId: "r", unit: "u", payload: null };
  await expect(answer("1", question, new AbortController().signal)).rejects.toThrow(/version 1 cannot be reached: .*ECONNREFUSED/);
  await expect(answer("toString", question, new AbortController().signal)).rejects.toMatchObject({ code: "unknown_version" });
});
