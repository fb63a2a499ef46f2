/** A card payment, as the bank sees it when it must answer, and, which it can't see, what it truly is. */
export interface Payment {
  readonly id: string;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  /** Each pays once: payments are independent of each other. */
  readonly customer: string;
  readonly amount: number;
  /** Payments of the card in the hour before. */
  readonly velocity: number;
  readonly distanceKm: number;
  readonly accountAgeDays: number;
  /** How much fraud the merchant's code has seen, from 0 to 1; a new code has seen none. */
  readonly merchantRisk: number;
  /** 1: the merchant's code is younger than 90 days. */
  readonly newMerchant: 0 | 1;
  readonly hour: number;
  readonly fraud: boolean;
  /** Of the new kind that 2023 had not seen. */
  readonly drifted: boolean;
}
