import type { Problem } from "@gauntlet/core";

/** As the recording of outcomes has it: what is served here must not be refused there. */
const ID_LENGTH_MAX = 256;

/** What is wrong with the id of a request or a unit: 1 to 256 characters, well-formed Unicode, no control characters. */
export function idProblems(name: "requestId" | "unit", value: unknown): readonly Problem[] {
  const pointer = `/${name}`;
  if (typeof value !== "string") return [{ pointer, detail: `${name} is not a text` }];
  if (value === "") return [{ pointer, detail: `${name} is empty` }];
  if (value.length > ID_LENGTH_MAX) return [{ pointer, detail: `${name} is longer than ${ID_LENGTH_MAX} characters` }];
  if (/\p{Cc}/u.test(value) || !value.isWellFormed()) return [{ pointer, detail: `${name} holds a control character or a lone surrogate` }];
  return [];
}
