import "@fontsource-variable/bricolage-grotesque/wght.css";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/shell.css";
import "./styles/faces.css";
import "./styles/picker.css";
import "./styles/table.css";
import "./styles/side.css";
import "./styles/sheets.css";
import "./styles/models.css";

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { Refused } from "./api/request.ts";
import { makeRouter } from "./router.ts";

/** What can't get better by asking again is asked once. */
const client = new QueryClient({
  defaultOptions: { queries: { retry: (failures, error) => failures < 2 && error instanceof Refused && (error.status === 0 || error.status >= 500), retryDelay: (attempt) => 500 * 2 ** attempt, staleTime: 5000 } },
});

createRoot(document.getElementById("app")!).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <RouterProvider router={makeRouter()} />
    </QueryClientProvider>
  </StrictMode>,
);
