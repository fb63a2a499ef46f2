import type { ModelSummary } from "@gauntlet/contract";
import type { CheckResult, Verdict } from "@gauntlet/core";
import { styleText } from "node:util";

type Style = Parameters<typeof styleText>[0];

const VERDICT_STYLES: Readonly<Record<Verdict, Style>> = { advance: "green", promote: "green", hold: "yellow", retain: "cyan", rollback: "red" };
const STATUS_STYLES: Readonly<Record<CheckResult["status"], Style>> = { pass: "green", warn: "yellow", unproven: "yellow", fail: "red", unavailable: "gray" };
const HEALTH_STYLES: Readonly<Record<NonNullable<ModelSummary["evidence"]>, Style>> = { healthy: "green", unknown: "gray", failing: "red" };

export function paint(colour: boolean, style: Style, text: string): string {
  return colour ? styleText(style, text, { validateStream: false }) : text;
}

export function verdictWord(verdict: Verdict | null, colour: boolean): string {
  return verdict === null ? "–" : paint(colour, VERDICT_STYLES[verdict], verdict);
}

export function statusWord(status: CheckResult["status"], colour: boolean): string {
  return paint(colour, STATUS_STYLES[status], status);
}

export function healthWord(health: ModelSummary["evidence"], colour: boolean): string {
  return health === null ? "–" : paint(colour, HEALTH_STYLES[health], health);
}

export function time(at: number | null): string {
  return at === null ? "–" : new Date(at).toISOString().replace(/\.\d+Z$/, "Z");
}

/** Basis points as a percentage. */
export function share(basisPoints: number | null): string {
  return basisPoints === null ? "–" : `${(basisPoints / 100).toFixed(basisPoints % 100 === 0 ? 0 : 2)} %`;
}

export function figure(value: number | null, unit: CheckResult["unit"]): string {
  if (value === null) return "–";
  switch (unit) {
    case "share":
      return `${(value * 100).toFixed(2)} %`;
    case "ratio":
      return `×${value.toFixed(4)}`;
    case "ms":
      return `${value.toFixed(1)} ms`;
    case "count":
      return String(Math.round(value));
    case "elo":
      return `${value.toFixed(1)} Elo`;
    case "plain":
      return String(Number(value.toPrecision(5)));
  }
}
