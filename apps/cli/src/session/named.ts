/** A challenger that somebody named, as the client takes it; a policy of slots has none. */
export function named(challenger: string | null): { readonly challenger?: string } {
  return challenger === null ? {} : { challenger };
}
