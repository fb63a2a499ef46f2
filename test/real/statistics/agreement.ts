import type { Context } from "../component.ts";

/** How far one kind of figure was from another tool's. */
export interface Agreement {
  readonly check: string;
  readonly inputs: number;
  /** The largest distance as a multiple of what is tolerated: up to 1 is agreement. */
  readonly worst: number;
  /** Relative. */
  readonly tolerance: number;
  readonly failed: number;
  readonly example: unknown;
}

/** Shows the table, and throws when anything disagreed or too few inputs were compared. */
export function mustAgree(context: Context, agreements: readonly Agreement[], inputsMin: number): string {
  for (const { check, inputs, worst, tolerance, failed } of agreements) {
    context.log(`  ${check.padEnd(42)} ${String(inputs).padStart(6)} inputs  within ${tolerance.toExponential(0)}  worst ${(worst * tolerance).toExponential(1)}${failed > 0 ? `  ${failed} DISAGREE` : ""}`);
  }
  const disagreeing = agreements.filter(({ failed }) => failed > 0);
  if (disagreeing.length > 0) throw new Error(`${disagreeing.map(({ check, failed }) => `${check}: ${failed}`).join(", ")} disagree\n${disagreeing.map(({ example }) => JSON.stringify(example)).join("\n")}`);
  const few = agreements.filter(({ inputs }) => inputs < inputsMin);
  if (agreements.length === 0 || few.length > 0) throw new Error(`too few inputs: ${few.map(({ check, inputs }) => `${check} ${inputs}`).join(", ") || "none"}`);
  const total = agreements.reduce((sum, { inputs }) => sum + inputs, 0);
  return `${agreements.length} statistics agree on ${total} random inputs`;
}
