import { useState, type JSX } from "react";

import { chosenTheme, chooseTheme, type Theme } from "./theme.ts";

const NEXT: Readonly<Record<Theme, Theme>> = { auto: "light", light: "dark", dark: "auto" };
const DRAWINGS: Readonly<Record<Theme, JSX.Element>> = {
  auto: <path d="M12 3.5a8.5 8.5 0 1 0 0 17zM12 3.5a8.5 8.5 0 0 1 0 17" />,
  light: <path d="M12 7.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM12 2v2M12 20v2M2 12h2M20 12h2M4.9 4.9l1.4 1.4M17.7 17.7l1.4 1.4M4.9 19.1l1.4-1.4M17.7 6.3l1.4-1.4" />,
  dark: <path d="M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.500 10.500z" />,
};

/** Follow the system, light, dark: one button, its name says what it is now. */
export function ThemeToggle(): JSX.Element {
  const [theme, setTheme] = useState(chosenTheme);
  const next = () => {
    chooseTheme(NEXT[theme]);
    setTheme(NEXT[theme]);
  };
  return (
    <button type="button" className="icon-button" onClick={next} title={`Theme: ${theme}`}>
      <svg className="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
        {DRAWINGS[theme]}
      </svg>
      <span className="hidden">Theme: {theme}</span>
    </button>
  );
}
