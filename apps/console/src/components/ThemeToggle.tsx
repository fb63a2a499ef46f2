import { useState, type JSX } from "react";

import { Icon } from "./Icon.tsx";
import { chosenTheme, chooseTheme, type Theme } from "./theme.ts";

const NEXT: Readonly<Record<Theme, Theme>> = { auto: "light", light: "dark", dark: "auto" };
const ICONS = { auto: "auto", light: "sun", dark: "moon" } as const;

/** Follow the system, light, dark: one button, its name says what it is now. */
export function ThemeToggle(): JSX.Element {
  const [theme, setTheme] = useState(chosenTheme);
  const next = () => {
    chooseTheme(NEXT[theme]);
    setTheme(NEXT[theme]);
  };
  return (
    <button type="button" className="icon-button" onClick={next} title={`Theme: ${theme}`}>
      <Icon name={ICONS[theme]} />
      <span className="hidden">Theme: {theme}</span>
    </button>
  );
}
