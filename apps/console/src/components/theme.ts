import { useSyncExternalStore } from "react";

/** auto follows the system's preference. */
export type Theme = "auto" | "light" | "dark";

const KEY = "gauntlet.theme";
const listeners = new Set<() => void>();
const systemDark = window.matchMedia("(prefers-color-scheme: dark)");
systemDark.addEventListener("change", tell);

export function chosenTheme(): Theme {
  const stored = localStorage.getItem(KEY);
  return stored === "light" || stored === "dark" ? stored : "auto";
}

export function chooseTheme(theme: Theme): void {
  if (theme === "auto") localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, theme);
  applyTheme();
}

/** Called before the first drawing, so that a dark room stays dark. */
export function applyTheme(): void {
  document.documentElement.dataset["theme"] = chosenTheme();
  tell();
}

/** What is in force: for the charts on a canvas, which can't use custom properties. */
export function useEffectiveTheme(): "light" | "dark" {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => {
      const theme = chosenTheme();
      if (theme !== "auto") return theme;
      return systemDark.matches ? "dark" : "light";
    },
  );
}

/** The computed colour of a custom property. */
export function colourOf(property: string): string {
  const probe = document.createElement("span");
  probe.style.color = `var(${property})`;
  probe.hidden = true;
  document.body.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}

function tell(): void {
  for (const listener of listeners) listener();
}
