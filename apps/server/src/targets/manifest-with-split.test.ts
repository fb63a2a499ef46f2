import { allocate } from "@gauntlet/core";
import { expect, test } from "vitest";

import { parseConfig } from "../config/parse-config.ts";
import { manifestWithSplit } from "./manifest-with-split.ts";

const ROUTE = `# Who scores payments.
apiVersion: v1
kind: Service
metadata: {name: fraud-v1}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata:
    name: fraud      # four spaces, as we do
    namespace: models
spec:
    rules:
    - backendRefs:
      - name: fraud-v1
        port: 8080
        weight: 100   # everything
      - {name: "fraud-v2", port: 8080, weight: 0}
`;

function withSplit(text: string, points: Readonly<Record<string, number>>, shadow = false): string {
  const target = parseConfig("targets: { fraud: { kind: gateway-api, namespace: models, name: fraud, service: 'fraud-v{version}' } }", "a test", {}).targets["fraud"];
  if (target === undefined) throw new Error("no target");
  const allocation = allocate({ model: "fraud", epoch: 1, seed: "s", shares: Object.entries(points).map(([version, basisPoints]) => ({ slot: version, version, basisPoints })), shadow });
  return manifestWithSplit({ target, text, file: "route.yaml", allocation });
}

test("only the numbers change, whatever the file looks like", () => {
  const changed = withSplit(ROUTE, { "1": 8000, "2": 2000 });
  expect(changed).toBe(ROUTE.replace("weight: 100 ", "weight: 80 ").replace("weight: 0", "weight: 20"));
  expect(withSplit(changed, { "1": 10_000 })).toBe(ROUTE);
});

test("what is missing is added, and a mirror comes and goes; comments stay", () => {
  const mirrored = withSplit(ROUTE, { "1": 10_000, "2": 0 }, true);
  expect(mirrored).toContain("RequestMirror");
  for (const comment of ["# Who scores payments.", "# four spaces, as we do", "# everything"]) expect(mirrored).toContain(comment);
  const back = withSplit(mirrored, { "1": 8000, "2": 2000 });
  expect(back).not.toContain("RequestMirror");
  expect(back).not.toContain("filters");
  expect(withSplit(ROUTE.replace("        weight: 100   # everything\n", ""), { "1": 8000, "2": 2000 })).toMatch(/name: fraud-v1\n +port: 8080\n +weight: 80/);
});

test("a file without the object is refused, and so is an object that lacks the version", () => {
  expect(() => withSplit(ROUTE.replace("namespace: models", "namespace: other"), { "1": 10_000 })).toThrow(expect.objectContaining({ code: "not_found", message: expect.stringContaining("HTTPRoute models/fraud") }));
  expect(() => withSplit(ROUTE, { "1": 8000, "3": 2000 })).toThrow(expect.objectContaining({ code: "traffic_refused", message: expect.stringContaining("fraud-v3") }));
  expect(() => withSplit("a: [", { "1": 10_000 })).toThrow(expect.objectContaining({ code: "invalid_input" }));
});
