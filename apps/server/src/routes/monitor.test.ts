import { baselinesReport, monitorDetail, monitorList, participantReport, paths, type ParticipantReport } from "@gauntlet/contract";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

import { parseConfig } from "../config/parse-config.ts";
import { promoteVersion2, serveNow } from "../testing/promoted.ts";
import { registerVersions, startTestServer, type TestServer } from "../testing/test-server.ts";

const MODEL = "watched";
const MONITOR = "  - { check: rate, metric: error, increaseMax: 2pp }\nmonitor: { every: 1m, consecutive: 2, minSamples: 50, severe: 20, cooldown: 1h }\n";

const told: { readonly key: string; readonly body: { readonly message: string; readonly event: { readonly kind: string } } }[] = [];
const endpoint = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    told.push({ key: String(request.headers["idempotency-key"]), body: JSON.parse(Buffer.concat(chunks).toString()) as (typeof told)[number]["body"] });
    response.writeHead(204).end();
  });
});
let server: TestServer;

beforeAll(async () => {
  await new Promise<void>((resolve) => endpoint.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}/SECRET`;
  const { hooks } = parseConfig(`hooks: [{ name: ops, kind: generic, url: "${url}" }]`, "test", {});
  server = await startTestServer({ config: { hooks } });
});
afterAll(async () => {
  await server.close();
  await new Promise((resolve) => endpoint.close(resolve));
});

let keys = 0;
const send = async (path: string, body: unknown) => {
  const answer = await server.call("POST", path, { key: `k${keys++}`, body });
  expect(answer.status, answer.text).toBeLessThan(300);
  return answer.json;
};

async function promote(): Promise<void> {
  await registerVersions(server, MODEL);
  await promoteVersion2(server, MODEL, MONITOR);
}

async function serve(errors: number): Promise<void> {
  await serveNow(server, MODEL, errors);
  await server.tick(MODEL);
}

const detail = async () => monitorDetail.parse((await server.call("GET", paths.monitorOf(`model:${MODEL}`))).json);

/** The tests below are one story, in order. */
describe("a promoted model on a server", () => {
  test("is watched from its promotion on", async () => {
    expect(monitorList.parse((await server.call("GET", paths.monitor)).json)).toMatchObject({ monitors: [], hooks: [{ name: "ops" }] });
    await promote();
    expect(await detail()).toMatchObject({ monitor: { kind: "model", from: "2", to: "1", mode: "rollback", status: "waiting", consecutiveMax: 2, rollbacksMax: 3, cooldownUntil: null }, checks: [], deliveries: [] });
    await serve(4);
    expect((await detail()).monitor).toMatchObject({ status: "healthy", consecutive: 0, lastCheckAt: server.clock.at });
  });

  test("that gets worse is at risk first; checks have what was read", async () => {
    await serve(160);
    const { monitor, checks } = await detail();
    expect(monitor).toMatchObject({ status: "at_risk", consecutive: 1 });
    expect(checks[0]?.figures.find(({ id }) => id === "error-rate")).toMatchObject({ status: "regressed", baseline: 0, value: 164 / 800, limit: 0.02, guarantee: "exact" });
  });

  test("and is then rolled back by the very tick that sees it, and says so", async () => {
    await serve(160);
    expect((await server.call("GET", paths.model(MODEL))).json.summary).toMatchObject({ status: "rolled_back", verdict: "rollback", reason: "regression" });
    const { monitor } = await detail();
    expect(monitor).toMatchObject({ status: "rolled_back", rollbacks: [server.clock.at], mode: null, history: [{ watched: "watched-1", from: "2", to: "1", at: server.clock.at, completedAt: server.clock.at }] });
    expect(monitor.triggered).toMatchObject({ cause: "consecutive", completedAt: server.clock.at });
  });

  test("hooks were told, over real HTTP, each once; what they are told by is nowhere to be read", async () => {
    await vi.waitFor(async () => {
      await server.tick(MODEL);
      expect((await detail()).deliveries.every(({ status }) => status === "delivered")).toBe(true);
    }, { timeout: 30_000 });
    expect(told.map(({ body }) => body.event.kind).toSorted()).toEqual(["at_risk", "rollback_completed", "rollback_triggered"]);
    expect(new Set(told.map(({ key }) => key)).size).toBe(3);
    const shown = JSON.stringify([await detail(), server.lines, (await server.call("GET", paths.monitor)).json]);
    expect(shown).not.toContain("SECRET");
  });

  test("unknown subjects are not found", async () => {
    expect((await server.call("GET", paths.monitorOf("model:nobody"))).status).toBe(404);
  });
});

describe("a participant that is asked about by hand", () => {
  const play = async (from: number, count: number, winner: "v42" | "v41") =>
    send(paths.matchImport, { matches: Array.from({ length: count }, (_, i) => ({ id: `g${from + i}`, players: ["v42", "v41"], winner, board: "square8", at: server.clock.at - 1_000_000 + from + i })) });
  const ask = async (more: object = {}): Promise<ParticipantReport> => participantReport.parse(await send(paths.monitorChecks, { participant: "v42", previous: "v41", ...more }));

  test("is judged by the reference's rule, and remembered: only new matches are another check", async () => {
    await play(0, 12, "v42");
    expect(await ask()).toMatchObject({ should_rollback: false, event: null, status: { checks: 0 } });
    await play(12, 12, "v41");
    const first = await ask({ threshold: -1 });
    expect(first).toMatchObject({ new_evidence: true, status: { model_id: "v42", checks: 1 } });
    const again = await ask({ threshold: -1 });
    expect(again).toMatchObject({ new_evidence: false, status: { checks: 1 }, should_rollback: first.should_rollback });
    await play(24, 40, "v41");
    expect(await ask()).toMatchObject({ should_rollback: true, event: { current_model_id: "v42", rollback_model_id: "v41", games_played: 64, board_type: "square8" } });
    expect(monitorList.parse((await server.call("GET", paths.monitor)).json).monitors.map(({ subject }) => subject)).toEqual([`model:${MODEL}`, "participant:square8_2p:v42"]);
  });

  test("and compared with several; nobody who has no matches is given a rating", async () => {
    const compare = (query: string) => server.call("GET", `${paths.monitorBaselines}?participant=v42&${query}`);
    expect(baselinesReport.parse((await compare("baseline=v41")).json)).toMatchObject({ summary: "regression_against_all", baselines: [{ baseline_id: "v41", is_regression: true, standard_error: null }] });
    expect(baselinesReport.parse((await compare("baseline=v41&mode=strict")).json).baselines[0]?.standard_error).toBeGreaterThan(0);
    expect((await compare("baseline=v14")).json).toMatchObject({ status: 404, fix: 'did you mean "v41"?' });
    expect((await compare("")).status).toBe(400);
    expect((await server.call("POST", paths.monitorChecks, { key: "x", body: { participant: "v24" } })).status).toBe(404);
    expect((await server.call("POST", paths.monitorChecks, { key: "y", body: { participant: "v42", threshold: 3 } })).status).toBe(400);
  });
});
