import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// Names of assets hold a hash of their content, so that no release needs a version by hand. The pages come with a strict
// Content-Security-Policy: nothing inline, nothing from elsewhere.
export default defineConfig({
  plugins: [react()],
  base: "/ui/",
  build: {
    target: "es2023",
    // Browsers of 2024 and later: they know light-dark().
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    outDir: "dist",
    emptyOutDir: true,
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
  },
  // `vite dev` talks to a game that runs beside it: everything but the pages themselves.
  server: { proxy: { "^/(?!ui/|ui$)": "http://127.0.0.1:4480" } },
});
