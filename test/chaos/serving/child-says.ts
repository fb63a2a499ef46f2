/** What the child of these tests writes on its standard output, a line each. */
export type ChildSays =
  /** Its code is loaded. */
  | { readonly kind: "up" }
  /** Where its registry is. @property token the operator's, at the first start of a server */
  | { readonly kind: "listening"; readonly url: string; readonly token: string | null }
  /** Which version each slot serves, whenever one has changed. */
  | { readonly kind: "slots"; readonly slots: readonly ServedSlot[] };

export interface ServedSlot {
  readonly type: string;
  readonly slot: string;
  readonly version: string | null;
  readonly runId: string | null;
}
