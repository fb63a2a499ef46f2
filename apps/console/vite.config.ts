import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// The server sends a strict Content-Security-Policy: nothing inline, nothing from elsewhere, no data: scripts.
export default defineConfig({
  plugins: [react()],
  base: "/",
  build: {
    target: "es2023",
    // Browsers of 2024 and later: they know light-dark().
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    outDir: "dist",
    emptyOutDir: true,
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
  },
  server: { proxy: { "/v1": "http://127.0.0.1:4400" } },
});
