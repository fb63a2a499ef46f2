import { Failure } from "@gauntlet/core";
import { expect, test } from "vitest";

import { parseConfig } from "./parse-config.ts";

const parse = (text: string) => parseConfig(text, "gauntlet.yaml", { SLACK_URL: "https://hooks.slack.example/services/SECRET" });

test("hooks: what is left out has a default; the address may come from a variable", () => {
  expect(parse("hooks: [{ name: ops, kind: slack, url: '${SLACK_URL}' }]").hooks).toEqual([
    { name: "ops", kind: "slack", url: "https://hooks.slack.example/services/SECRET", events: ["at_risk", "rollback_triggered", "rollback_completed"], timeoutMs: 10_000, allowPrivate: false },
  ]);
});

test.each([
  ["http://hooks.example/services/SECRET", "must be an https URL|must be https"],
  ["https://10.0.0.1/services/SECRET", "private network"],
  ["https://169.254.169.254/SECRET", "no host is told"],
  ["SECRET", "is no URL"],
])("hooks: %s is refused, and never repeated", (url, told) => {
  try {
    parse(`hooks: [{ name: ops, kind: generic, url: "${url}" }]`);
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(Failure);
    const { problems, message, fix } = error as Failure;
    expect(problems[0]?.detail).toMatch(new RegExp(told));
    expect(JSON.stringify([problems, message, fix])).not.toContain("SECRET");
  }
});

test("hooks: names are unique, events known", () => {
  expect(() => parse("hooks: [{ name: a, kind: slack, url: 'https://x.example' }, { name: a, kind: slack, url: 'https://y.example' }]")).toThrow("two hooks have one name");
  expect(() => parse("hooks: [{ name: a, kind: slack, url: 'https://x.example', events: [promotion] }]")).toThrow(Failure);
  expect(parse("hooks: [{ name: a, kind: slack, url: 'https://10.0.0.1', allowPrivate: true }]").hooks).toHaveLength(1);
});

const SECRET = `whsec_${"A".repeat(32)}`;

test("hooks: a signed one has its secrets, and is told of the ledger", () => {
  expect(parse(`hooks: [{ name: ops, kind: webhook, url: 'https://x.example', secrets: ['${SECRET}'] }]`).hooks).toEqual([
    { name: "ops", kind: "webhook", url: "https://x.example", events: ["verdict_changed", "approval_wanted", "promoted", "rolled_back"], timeoutMs: 10_000, allowPrivate: false, format: "plain", environment: "production", secrets: [SECRET] },
  ]);
});

test.each([
  ["none", "secrets: []"],
  ["three", `secrets: ['${SECRET}', '${SECRET}', '${SECRET}']`],
  ["one that is too short", "secrets: [whsec_AAAA]"],
  ["one without its prefix", `secrets: ['${"B".repeat(32)}']`],
  ["a form of the body that there is not", `secrets: ['${SECRET}'], format: xml`],
])("hooks: a signed one with %s is refused, and the secret is not repeated", (_, more) => {
  try {
    parse(`hooks: [{ name: ops, kind: webhook, url: 'https://x.example', ${more} }]`);
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(Failure);
    const { problems, message, fix } = error as Failure;
    expect(JSON.stringify([problems, message, fix])).not.toMatch(/AAAA|BBBB/);
  }
});
