/** What diets and allergies go by. */
export type Tag = "meat" | "pork" | "fish" | "shellfish" | "dairy" | "egg" | "gluten" | "nuts" | "soy" | "alcohol";

export interface Ingredient {
  readonly name: string;
  readonly kind: "protein" | "base" | "vegetable" | "flavour";
  readonly tags: readonly Tag[];
  /** What is left of it must be cooked soon. */
  readonly perishable: boolean;
}

export interface Recipe {
  /** Its place in the book. */
  readonly id: number;
  readonly name: string;
  readonly cuisine: string;
  readonly protein: string;
  readonly ingredients: readonly Ingredient[];
  readonly tags: ReadonlySet<Tag>;
  readonly prepMinutes: number;
  /** Where it lies in the space of tastes. */
  readonly flavour: readonly number[];
  /** Added to the book after the cases of the offline replay were recorded: no version was ever tried on it. */
  readonly seasonal: boolean;
}
