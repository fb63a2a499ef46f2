import { Failure } from "@gauntlet/core";

import { BOT_POLICIES } from "../policies/bot-policy.ts";
import { SCHEDULED_GATE, type GateRule } from "./data/gate.ts";
import { SELECTION, type Selection } from "./data/select-rounds.ts";

export interface TrainingSettings {
  readonly selection: Selection;
  /** Null where training is forced. */
  readonly gate: GateRule | null;
  /** Whether promotions are looked at after a cycle. */
  readonly promotes: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * From the variables that the reference has; `usual` holds where one isn't set.
 * @throws Failure `invalid_input` for a value that is none.
 */
export function readTrainingSettings(env: Environment, usual: GateRule = SCHEDULED_GATE): TrainingSettings {
  const gate: GateRule = {
    newRoundsMin: countOf(env, "MIN_NEW_ROWS_FOR_TRAINING", usual.newRoundsMin),
    totalMin: countOf(env, "MIN_TOTAL_ROWS", usual.totalMin),
    selectedMin: countOf(env, "MIN_SUP_ROWS", usual.selectedMin),
    lookbackMs: countOf(env, "TRAINING_NEW_ROWS_LOOKBACK_MINUTES", usual.lookbackMs / 60_000) * 60_000,
  };
  return {
    selection: {
      since: dateOf(env, "TRAINING_DATA_SINCE_DATE"),
      playerNameLike: textOf(env, "TRAINING_PLAYER_NAME_LIKE"),
      policies: policiesOf(env),
      legacyStride: Math.max(1, countOf(env, "TRAINING_LEGACY_GAME_STRIDE", SELECTION.legacyStride)),
      roundsMax: Math.max(1, countOf(env, "MAX_USABLE_ROWS", SELECTION.roundsMax)),
    },
    gate: switchOf(env, "FORCE_TRAINING") ? null : gate,
    promotes: !switchOf(env, "DISABLE_AUTO_PROMOTION"),
  };
}

function textOf(env: Environment, name: string): string | null {
  const text = (env[name] ?? "").trim();
  return text === "" ? null : text;
}

function countOf(env: Environment, name: string, otherwise: number): number {
  const text = textOf(env, name);
  if (text === null) return otherwise;
  if (!/^\d{1,9}$/.test(text)) throw wrong(name, text, "write a whole number such as 300");
  return Number(text);
}

function dateOf(env: Environment, name: string): number | null {
  const text = textOf(env, name);
  if (text === null) return null;
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw wrong(name, text, "write a date such as 2026-01-01T00:00:00Z");
  return at;
}

/** Any other text than these is refused: "no" must not mean yes. */
function switchOf(env: Environment, name: string): boolean {
  const text = (textOf(env, name) ?? "0").toLowerCase();
  if (["1", "true", "yes", "on"].includes(text)) return true;
  if (["0", "false", "no", "off"].includes(text)) return false;
  throw wrong(name, text, "write 1 or 0");
}

function policiesOf(env: Environment): readonly string[] | null {
  const text = textOf(env, "TRAINING_BOT_POLICY_IN");
  if (text === null) return null;
  const policies = text.split(",").map((name) => name.trim());
  const unknown = policies.find((name) => !BOT_POLICIES.some((policy) => policy.name === name));
  if (unknown !== undefined) throw wrong("TRAINING_BOT_POLICY_IN", text, `there is ${BOT_POLICIES.map(({ name }) => name).join(", ")}`);
  return policies;
}

function wrong(name: string, text: string, fix: string): Failure {
  return new Failure("invalid_input", `${name} is "${text.slice(0, 64)}"`, { fix });
}
