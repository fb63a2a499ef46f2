import { InvalidArgumentError } from "commander";

export function parsePlayers(text: string): number {
  const value = Number(text);
  if (!/^\d{1,2}$/.test(text) || value < 2) throw new InvalidArgumentError("a whole number from 2 up");
  return value;
}

export function parsePoints(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) throw new InvalidArgumentError("a number of Elo points was expected");
  return value;
}

/** The reference writes it below 0. */
export function parseThreshold(text: string): number {
  const value = parsePoints(text);
  if (value >= 0) throw new InvalidArgumentError("a number of Elo points below 0 was expected, such as -30");
  return value;
}

export function parseCount(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError("a whole number from 1 up was expected");
  return Number(text);
}
