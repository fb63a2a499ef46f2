import "uplot/dist/uPlot.min.css";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/shell.css";
import "./styles/parts.css";
import "./styles/fleet.css";
import "./styles/room.css";
import "./styles/charts.css";
import "./styles/dialog.css";
import "./styles/experiments.css";
import "./styles/health.css";
import "./styles/hooks.css";
import "./styles/ramp.css";
import "./styles/ratings.css";
import "./styles/simulate.css";
import "./styles/slots.css";
import "./styles/analysis.css";

import { Failure } from "@gauntlet/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { applyTheme } from "./components/theme.ts";
import { makeRouter } from "./router.ts";

/** What can't get better by asking again is asked once. */
const client = new QueryClient({
  defaultOptions: {
    queries: {
      retry: (failures, error) => failures < 2 && (!(error instanceof Failure) || error.retryable),
      retryDelay: (attempt) => 500 * 2 ** attempt,
      refetchOnWindowFocus: true,
    },
  },
});

applyTheme();
const root = document.getElementById("console");
if (root === null) throw new Failure("internal", "index.html has no element with the id `console`");
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <RouterProvider router={makeRouter()} />
    </QueryClientProvider>
  </StrictMode>,
);
