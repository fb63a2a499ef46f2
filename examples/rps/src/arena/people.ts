import type { Random } from "@gauntlet/core";

import { MOVES, type Move } from "../rules/moves.ts";
import type { Player } from "../players/player.ts";
import { chancesOf, type Habit } from "./habit.ts";

/** Somebody who plays like a human: by habits that are strong but not certain, and that change. */
export interface Person {
  readonly name: string;
  readonly temperament: Temperament;
  readonly habits: readonly Habit[];
}

const TEMPERAMENTS = ["collector", "gambler", "stubborn", "rhythmic", "dreamer"] as const;
type Temperament = (typeof TEMPERAMENTS)[number];

/**
 * What people are like at a time. Those who chase points go for the most valuable move (step 0) or for what beats those that
 * do (1) or for what beats these (2); those who won stay with their move or leave it.
 */
export interface Fashion {
  readonly step: 0 | 1 | 2;
  readonly stay: boolean;
}


/**
 * Fashions follow one another, and begin anew after the last. First people take the safe middle; then word gets round that
 * the bots are greedy, and they play the cheap move that beats greed; then they are greedy themselves.
 */
export const FASHIONS: readonly Fashion[] = [
  { step: 2, stay: true },
  { step: 1, stay: false },
  { step: 0, stay: true },
];

const NAMES = ["Ada", "Bruno", "Chiara", "Dmitri", "Elif", "Farid", "Greta", "Hugo", "Ines", "Jonas", "Kaya", "Lotte", "Mateo", "Nadia", "Oskar", "Pia", "Quinn", "Rosa", "Sami", "Tove", "Umar", "Vera", "Wanda", "Yuki"];

/** Everybody, temperaments in turn, each with strengths of its own. */
export function makePeople(random: Random, fashion: Fashion): readonly Person[] {
  return NAMES.map((name, i) => {
    const temperament = TEMPERAMENTS[i % TEMPERAMENTS.length]!;
    return { name, temperament, habits: habitsOf(temperament, fashion, random) };
  });
}

/** A share of the people, chosen by chance, takes habits of the new fashion; what the others do grows a little stronger or weaker. */
export function drifted(people: readonly Person[], { fashion, share, random }: { readonly fashion: Fashion; readonly share: number; readonly random: Random }): readonly Person[] {
  return people.map((person) => {
    const turns = random() < share;
    const habits = turns ? habitsOf(person.temperament, fashion, random) : person.habits.map((habit) => ({ ...habit, pull: habit.pull * (0.9 + 0.2 * random()) }));
    return { ...person, habits };
  });
}

/** Plays a person's habits. */
export function playerOf({ habits }: Person): Player {
  return (view) => {
    const [rock, paper] = chancesOf(habits, view);
    const drawn = view.random();
    return drawn < rock ? "rock" : drawn < rock + paper ? "paper" : "scissors";
  };
}

function habitsOf(temperament: Temperament, { step, stay }: Fashion, random: Random): readonly Habit[] {
  const pull = (mean: number): number => mean * (0.75 + 0.5 * random());
  const move = (): Move => MOVES[Math.floor(random() * 3)]!;
  switch (temperament) {
    case "collector":
      return [{ kind: "value", step, pull: pull(2.6) }];
    case "gambler":
      return [{ kind: "value", step, pull: pull(1.6) }, { kind: "again", after: "win", pull: stay ? pull(1.8) : -pull(1.8) }];
    case "stubborn":
      return [{ kind: "favourite", move: move(), pull: pull(1.6) }, { kind: "value", step, pull: pull(1.2) }];
    case "rhythmic":
      return [{ kind: "pattern", moves: [move(), move(), move()], pull: pull(1.6) }, { kind: "value", step, pull: pull(1.2) }];
    case "dreamer":
      return [{ kind: "answer", pull: stay ? pull(0.8) : -pull(0.8) }];
  }
}
