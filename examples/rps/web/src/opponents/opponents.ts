export type OpponentName = "brian" | "forrest" | "logan";

export interface Opponent {
  readonly name: OpponentName;
  readonly shown: string;
  readonly mind: string;
  /** The family of models behind it, as the API calls it. */
  readonly model: "feedforward_nn" | "xgboost" | "multinomial_logistic";
  readonly about: string;
}

export const OPPONENTS: readonly Opponent[] = [
  { name: "brian", shown: "Brian", mind: "Neural network", model: "feedforward_nn", about: "All nerves. Feels a pattern long before he could explain it." },
  { name: "forrest", shown: "Forrest", mind: "Boosted trees", model: "xgboost", about: "Three hundred small trees that ask one question after another." },
  { name: "logan", shown: "Logan", mind: "Logistic regression", model: "multinomial_logistic", about: "A tidy mind: adds up the evidence, rounds nothing." },
];

export function opponentOf(name: OpponentName): Opponent {
  return OPPONENTS.find((opponent) => opponent.name === name)!;
}

export function isOpponent(name: unknown): name is OpponentName {
  return OPPONENTS.some((opponent) => opponent.name === name);
}
