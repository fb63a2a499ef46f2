import { Failure } from "../failure/failure.ts";
import type { Problem } from "../failure/failure.ts";
import type { Arm } from "./allocation.ts";

/** The live share of one slot, in basis points (1/10,000). The shares of a model sum to 10,000. */
export interface Share {
  readonly slot: string;
  readonly version: string;
  readonly basisPoints: number;
}

/** How many buckets an arm owns. */
export function bucketsOf(arm: Arm): number {
  return arm.ranges.reduce((sum, range) => sum + range.to - range.from, 0);
}

/** @throws Failure `invalid_input` unless the shares are whole, not negative, of unique slots, and sum to 10,000. */
export function requireShares(shares: readonly Share[]): void {
  const problems: Problem[] = [];
  const slots = new Set<string>();
  let sum = 0;
  for (const [index, share] of shares.entries()) {
    if (!Number.isInteger(share.basisPoints) || share.basisPoints < 0) {
      problems.push({ pointer: `/${index}/basisPoints`, detail: `slot "${share.slot}" has ${share.basisPoints} basis points` });
    }
    if (share.slot === "" || share.version === "") problems.push({ pointer: `/${index}`, detail: "a share needs a slot and a version" });
    if (slots.has(share.slot)) problems.push({ pointer: `/${index}/slot`, detail: `the slot "${share.slot}" is there twice` });
    slots.add(share.slot);
    sum += share.basisPoints;
  }
  if (sum !== 10_000) problems.push({ pointer: "", detail: `the shares sum to ${sum} basis points` });
  const [first] = problems;
  if (first !== undefined) {
    throw new Failure("invalid_input", `the shares are unsound: ${first.detail}`, { problems, fix: "give whole basis points that sum to 10,000" });
  }
}
