/** An event as `POST /api/v1/events/batch` takes it. */
export interface WireEvent {
  readonly event_id: string;
  readonly event_type: "plan_generated" | "plan_accepted" | "plan_rejected" | "meal_swapped" | "edit_applied" | "validator_intervention";
  readonly unit_type: "household";
  readonly unit_id: string;
  /** Milliseconds since the Unix epoch. */
  readonly timestamp: number;
  readonly experiments: readonly { readonly experiment_id: string; readonly variant_id: string }[];
  readonly context: Readonly<Record<string, string>>;
  readonly metrics: Readonly<Record<string, number>>;
  readonly payload: Readonly<Record<string, string | number | readonly string[]>>;
}
