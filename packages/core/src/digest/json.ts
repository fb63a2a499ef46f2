/** What may be written to the ledger: plain JSON data, no `undefined`, no NaN, no class instances. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
