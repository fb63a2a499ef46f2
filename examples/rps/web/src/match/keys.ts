import type { Move } from "../../../src/rules/moves.ts";

const KEYS: Readonly<Record<string, Move>> = { r: "rock", p: "paper", s: "scissors", "1": "rock", "2": "paper", "3": "scissors" };

interface Key {
  readonly key: string;
  readonly repeat: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly target: EventTarget | null;
}

/** The move a key stands for; null for other keys, for one that is held down or used with another, and where it is typed into a field. */
export function moveOfKey({ key, repeat, ctrlKey, metaKey, altKey, target }: Key): Move | null {
  if (repeat || ctrlKey || metaKey || altKey || isField(target)) return null;
  return KEYS[key.toLowerCase()] ?? null;
}

function isField(target: EventTarget | null): boolean {
  return target !== null && "tagName" in target && ["INPUT", "TEXTAREA", "SELECT"].includes(String(target.tagName));
}
