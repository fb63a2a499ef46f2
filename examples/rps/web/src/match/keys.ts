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

/** Where letters are typed; a box that is ticked is none. */
function isField(target: EventTarget | null): boolean {
  if (target === null || !("tagName" in target)) return false;
  if (target.tagName === "INPUT") return !("type" in target && target.type === "checkbox");
  return target.tagName === "TEXTAREA" || target.tagName === "SELECT";
}

const SWITCH = "rps.single-keys";

export function savedSingleKeys(): boolean {
  return localStorage.getItem(SWITCH) !== "off";
}

export function saveSingleKeys(on: boolean): void {
  if (on) localStorage.removeItem(SWITCH);
  else localStorage.setItem(SWITCH, "off");
}
