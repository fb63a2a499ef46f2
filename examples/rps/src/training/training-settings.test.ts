import { expect, test } from "vitest";

import { GATE, SCHEDULED_GATE } from "./data/gate.ts";
import { SELECTION } from "./data/select-rounds.ts";
import { readTrainingSettings } from "./training-settings.ts";

test("nothing set: what is documented; the CronJob looks back two days", () => {
  expect(readTrainingSettings({})).toEqual({ selection: SELECTION, gate: SCHEDULED_GATE, promotes: true });
  expect(readTrainingSettings({ MIN_TOTAL_ROWS: " " }, GATE).gate).toEqual({ newRoundsMin: 50, lookbackMs: 3_600_000, totalMin: 300, selectedMin: 200 });
});

test("every variable", () => {
  const env = { TRAINING_DATA_SINCE_DATE: "2026-01-01T00:00:00Z", TRAINING_PLAYER_NAME_LIKE: "ada%", TRAINING_BOT_POLICY_IN: "brian, logan", TRAINING_LEGACY_GAME_STRIDE: "3", MAX_USABLE_ROWS: "500", MIN_NEW_ROWS_FOR_TRAINING: "1", MIN_TOTAL_ROWS: "2", MIN_SUP_ROWS: "3", TRAINING_NEW_ROWS_LOOKBACK_MINUTES: "4", DISABLE_AUTO_PROMOTION: "1" };
  expect(readTrainingSettings(env)).toEqual({
    selection: { since: Date.UTC(2026, 0, 1), playerNameLike: "ada%", policies: ["brian", "logan"], legacyStride: 3, roundsMax: 500 },
    gate: { newRoundsMin: 1, totalMin: 2, selectedMin: 3, lookbackMs: 240_000 },
    promotes: false,
  });
  expect(readTrainingSettings({ FORCE_TRAINING: "true" }).gate).toBeNull();
});

test.each([
  ["FORCE_TRAINING", "maybe"],
  ["DISABLE_AUTO_PROMOTION", "disabled"],
  ["MIN_TOTAL_ROWS", "-1"],
  ["MAX_USABLE_ROWS", "3e3"],
  ["TRAINING_DATA_SINCE_DATE", "last week"],
  ["TRAINING_BOT_POLICY_IN", "brian,hal"],
])("%s=%s is refused", (name, value) => {
  expect(() => readTrainingSettings({ [name]: value })).toThrow(expect.objectContaining({ code: "invalid_input", message: expect.stringContaining(name) }));
});
