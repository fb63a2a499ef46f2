/** A body as a caller may have it: nothing of it is changed, so that all of it may be readonly. */
export type Sent<T> = T extends readonly (infer Item)[] ? readonly Sent<Item>[] : T extends object ? { readonly [Key in keyof T]: Sent<T[Key]> } : T;
