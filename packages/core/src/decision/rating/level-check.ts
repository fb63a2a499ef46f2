import { asymptoticSequence } from "../../statistics/sequential/asymptotic-sequence.ts";
import { blankCheck } from "../blank-check.ts";
import type { CheckResult } from "../decision.ts";
import { configOf, rating, type Judged } from "./judged.ts";

interface Level {
  readonly id: string;
  /** What is reached: "tier D4". */
  readonly name: string;
  readonly least: number;
  readonly minGames: number;
}

/**
 * Whether the challenger's points are surely a level's. Points mean something on an anchored scale only; the bounds are a
 * confidence sequence of the fit, narrowest at four times the games that are asked for, so that any number of looks is allowed.
 */
export function levelCheck({ view, alpha }: Judged, { id, name, least, minGames }: Level): CheckResult {
  const { service, fitted, participant } = view.challenger;
  const games = service?.games ?? 0;
  const base: CheckResult = { ...blankCheck({ id, purpose: "promotion", metric: "elo", n: { champion: 0, challenger: games } }), unit: "elo", allowed: { low: least, high: null }, alpha };
  if (fitted === null) return { ...base, says: `Nobody on ${configOf(view)} is comparable with ${participant}.`, wouldChange: "games that it wins and games that it loses" };
  if (!fitted.anchored) return { ...base, challenger: fitted.elo, says: `${participant} is comparable with no anchor of ${configOf(view)}, so that its points mean nothing.`, wouldChange: "an anchor under ratings.anchors in gauntlet.yaml, and games that link it" };
  const bound = (side: "greater" | "less") => asymptoticSequence({ value: fitted.elo, standardError: fitted.standardError, n: games }, { alpha, tunedAt: Math.max(1, 4 * minGames), burnIn: minGames, side, nullValue: least });
  const [below, above] = [bound("greater"), bound("less")];
  const known = { ...base, challenger: fitted.elo, estimate: fitted.elo, method: "confidence sequence of the fit of all matches, on the scale of the anchors", guarantee: "asymptotic" as const, reported: { standardError: fitted.standardError } };
  // An anchor's own rating is given, and surely what it is.
  const low = below.kind === "nothing" ? (fitted.standardError === 0 ? fitted.elo : null) : below.low;
  const high = above.kind === "nothing" ? (fitted.standardError === 0 ? fitted.elo : null) : above.high;
  if (low === null || high === null) return { ...known, status: "unproven", says: `${participant} has about ${rating(fitted.elo)}; ${name} begins at ${rating(least)}, and ${games} games are too few to say.`, wouldChange: "more games" };
  const status = low >= least ? "pass" : high < least ? "fail" : "unproven";
  return {
    ...known,
    status,
    interval: { low, high, level: 1 - 2 * alpha },
    says: `${participant} has ${rating(fitted.elo)}, surely between ${rating(low)} and ${rating(high)}; ${name} begins at ${rating(least)}.`,
    wouldChange: status === "pass" ? null : status === "fail" ? "another challenger" : "more games",
  };
}
