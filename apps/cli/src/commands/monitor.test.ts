import { parseConfig, startServer } from "@gauntlet/server";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";

import { newFolder, POLICY, prepareModel, runCli, type Ran } from "../testing/run-cli.ts";
import { runHere } from "../testing/run-here.ts";

const folder = newFolder();
const cli = (...args: readonly string[]): Promise<Ran> => runHere(folder, args);
/** One JSON object; a failure has none, and is on standard error. */
const asked = async (...args: readonly string[]) => {
  const ran = await cli(...args, "--json");
  return { ...ran, error: ran.err.includes('"error"') ? (JSON.parse(ran.err) as { readonly error: { readonly code: string; readonly fix: string } }).error : null };
};

let games = 0;
/** So many matches, won in turns, into the data directory. */
async function play(count: number): Promise<void> {
  const server = await startServer({ ...parseConfig("", "test", {}), dataDir: join(folder, ".gauntlet") }, { listen: false, loop: false, log: () => undefined });
  const ledger = await server.composition.matches();
  const rows = Array.from({ length: count }, (_, i) => ({ id: `g${games++}`, players: ["v42", "v41"], winner: i % 2 === 0 ? "v42" : "v41", board: "square8", at: Date.now() - 1_000_000 + games }));
  expect((await ledger.importMatches(rows)).rejectedCount).toBe(0);
  await server.close();
}

beforeAll(async () => {
  await prepareModel(folder, "fraud");
  writeFileSync(join(folder, "policy.yaml"), POLICY);
});

/** Each command opens the data anew: what is remembered stands there. */
describe("check-regression, rollback-status and compare-baselines", () => {
  const CHECK = ["check-regression", "--model-id", "v42", "--previous-model-id", "v41", "--baseline-elo", "1600", "--threshold", "-60"] as const;

  test("over commands that know nothing of each other, checks in a row are counted, and only with new matches", async () => {
    await play(28);
    const first = await asked(...CHECK);
    expect([first.code, first.json.should_rollback, first.json.status]).toEqual([0, false, expect.objectContaining({ model_id: "v42", checks: 1, consecutive_regressions: 1, at_risk: false })]);
    const again = await runCli(folder, [...CHECK, "--json"]);
    expect([again.code, again.json.new_evidence, again.json.status.checks]).toEqual([0, false, 1]);
    await play(2);
    expect((await asked(...CHECK)).json.status).toMatchObject({ checks: 2, consecutive_regressions: 2, at_risk: true });
    await play(2);
    const third = await asked(...CHECK);
    expect(third.code).toBe(1);
    expect(third.json).toMatchObject({ should_rollback: true, event: { current_model_id: "v42", rollback_model_id: "v41", games_played: 32, auto_triggered: true, board_type: "square8", num_players: 2 } });
    const status = await asked("rollback-status");
    expect(status.code).toBe(0);
    expect((await cli("rollback-status", "-v")).out).toContain("v42");
    expect((await cli(...CHECK, "--verbose")).out).toContain("win-rate: healthy. It made 50.0 % of the points of 32 matches");
    expect(status.json).toMatchObject({ models: [{ model_id: "v42", checks: 3, consecutive_regressions: 3, at_risk: true }], rollbacks: [] });
  });

  test("exit 1 when it is worse than all; a mistyped participant is an error, not 1500 points", async () => {
    const compared = await asked("compare-baselines", "--model-id", "v42", "--baselines", "v41", "--threshold", "-1");
    expect([compared.code, compared.json.summary]).toEqual([1, "regression_against_all"]);
    expect((await cli("compare-baselines", "--model-id", "v42", "--baselines", "v41", "--strict", "-v")).out).toContain("By the fit of all matches");
    expect((await asked("compare-baselines", "--model-id", "v42", "--baselines", "v14")).error).toMatchObject({ code: "not_found", fix: 'did you mean "v41"?' });
  });
});

test("over a file of matches, what is remembered lies beside it", async () => {
  const rows = Array.from({ length: 30 }, (_, i) => ({ id: `f${i}`, players: ["a", "b"], winner: i % 2 === 0 ? "a" : "b", board: "hex8", at: Date.now() - 1000 + i }));
  writeFileSync(join(folder, "games.ndjson"), `${rows.map((row) => JSON.stringify(row)).join("\n")}\n`);
  const ask = ["check-regression", "--model-id", "a", "--board-type", "hex8", "--baseline-elo", "1600", "--local-db", "games.ndjson"] as const;
  expect((await asked(...ask)).json).toMatchObject({ should_rollback: true, new_evidence: true, event: { reason: expect.stringContaining("severe") as string } });
  expect(await asked(...ask)).toMatchObject({ code: 1, json: { should_rollback: true, new_evidence: false } });
});

describe("rollback --from-model --to-model", () => {
  const FROM = ["rollback", "--from-model", "fraud@2", "--to-model", "fraud@1"] as const;

  test("a dry run and a question that nobody answers change nothing; only what was there before is restored", async () => {
    expect((await cli("start", "policy.yaml", "--challenger", "2", "--by", "ada")).code).toBe(0);
    const dry = await asked(...FROM, "--dry-run");
    expect([dry.code, dry.json]).toEqual([0, { dry_run: true, rollout: "fraud-1", from_model: "fraud@2", to_model: "fraud@1", aliases: { champion: "1", challenger: null, previous: null }, serving: [{ slot: "champion", version: "1" }] }]);
    const declined = await runCli(folder, FROM);
    expect([declined.code, declined.err]).toEqual([0, expect.stringContaining("Nothing was rolled back.")]);
    expect((await asked("rollback", "--from-model", "fraud@2", "--to-model", "fraud@0", "--force")).error).toMatchObject({ code: "conflict" });
  });

  test("--force asks nobody; until then nothing had changed", async () => {
    expect((await asked("status")).json.models[0]).toMatchObject({ status: "running" });
    const done = await asked(...FROM, "--force", "--reason", "complaints");
    expect([done.code, done.json]).toEqual([0, expect.objectContaining({ from_model: "fraud@2", to_model: "fraud@1", success: true })]);
    expect((await asked("status")).json.models[0]).toMatchObject({ status: "rolled_back", reason: "manual" });
  });
});
