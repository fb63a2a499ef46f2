// Runs before the first drawing. Plain JavaScript in its own file: the Content-Security-Policy allows no inline script.

// zod compiles its parsers with `new Function`, which the policy forbids; asked in time, it does without.
globalThis.__zod_globalConfig = { jitless: true };

// A dark room stays dark: the chosen theme is in force before anything is drawn.
try {
  const theme = localStorage.getItem("rps.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage may be forbidden; then the system's preference holds.
}
