import type { ApprovalRule } from "../policy/policy-base.ts";
import type { Observation } from "./observation.ts";

/** Whether enough people have signed this very evidence; when it changes, their approvals are void (I12). */
export function isSigned(rule: ApprovalRule | null, { operator }: Pick<Observation, "operator">, evidenceDigest: string): boolean {
  if (rule === null) return true;
  const valid = operator.approvals.filter((approval) => approval.evidenceDigest === evidenceDigest && !rule.notBy.includes(approval.by));
  return new Set(valid.map(({ by }) => by)).size >= rule.by;
}
