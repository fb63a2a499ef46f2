import { Failure } from "@gauntlet/core";

/** A score and the truth of the mail that got it. */
export interface Scored {
  readonly score: number;
  readonly spam: boolean;
}

/**
 * The lowest score at which at most `hamFlaggedMax` (a share) of the ham is flagged; a mail is flagged when its score
 * is at least the threshold. Chosen on the ham alone, because a share of the ham does not move with the share of
 * spam, as precision does. With few ham the rule is coarse: of 60 at most 1 % means none.
 * @throws Failure `invalid_input` when there is no ham to choose by.
 */
export function chooseThreshold(scored: readonly Scored[], hamFlaggedMax: number): number {
  const ham = scored.filter((mail) => !mail.spam).map((mail) => mail.score).toSorted((a, b) => b - a);
  const barely = ham[Math.floor(hamFlaggedMax * ham.length)];
  if (barely === undefined) throw new Failure("invalid_input", "there is no ham to choose a threshold by", { fix: "validate on mails of both kinds" });
  return nextUp(barely);
}

/** The smallest double above a score in [0, 1]. */
function nextUp(score: number): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, score);
  view.setBigUint64(0, view.getBigUint64(0) + 1n);
  return view.getFloat64(0);
}
