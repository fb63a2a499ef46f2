import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";
import { hookDelivery, type OperatorVerb } from "@gauntlet/contract";

import type { HookFilter } from "./api/hooks.ts";
import { PageFailure } from "./components/PageFailure.tsx";
import { Shell } from "./components/Shell.tsx";
import { FleetPage } from "./pages/FleetPage.tsx";
import { MissingPage } from "./pages/MissingPage.tsx";

const VERBS: ReadonlySet<string> = new Set(["approve", "hold", "resume", "reject", "promote", "rollback"] satisfies OperatorVerb[]);

const root = createRootRoute({ component: Shell, notFoundComponent: MissingPage });

const fleetRoute = createRoute({ getParentRoute: () => root, path: "/", component: FleetPage });

export const modelRoute = createRoute({
  getParentRoute: () => root,
  path: "/models/$model",
  // `act` opens the dialog of an act, so that a link can lead straight to a rollback.
  validateSearch: (search: Record<string, unknown>): { act?: OperatorVerb } =>
    typeof search["act"] === "string" && VERBS.has(search["act"]) ? { act: search["act"] as OperatorVerb } : {},
  // The charts are most of the code: the fleet is shown without waiting for them.
  component: lazyRouteComponent(() => import("./pages/ModelPage.tsx"), "ModelPage"),
});

export const ledgerRoute = createRoute({
  getParentRoute: () => root,
  path: "/ledger",
  validateSearch: (search: Record<string, unknown>): { chain?: string } => (typeof search["chain"] === "string" ? { chain: search["chain"] } : {}),
  component: lazyRouteComponent(() => import("./pages/LedgerPage.tsx"), "LedgerPage"),
});

export const simulateRoute = createRoute({
  getParentRoute: () => root,
  path: "/simulate",
  // With a model, its recorded policy is what one begins with.
  validateSearch: (search: Record<string, unknown>): { model?: string } => (typeof search["model"] === "string" ? { model: search["model"] } : {}),
  component: lazyRouteComponent(() => import("./pages/SimulatePage.tsx"), "SimulatePage"),
});

const healthRoute = createRoute({
  getParentRoute: () => root,
  path: "/health-of-evidence",
  component: lazyRouteComponent(() => import("./pages/HealthPage.tsx"), "HealthPage"),
});

const hooksRoute = createRoute({
  getParentRoute: () => root,
  path: "/hooks",
  // Which deliveries are shown; what is no such word is left out.
  validateSearch: (search: Record<string, unknown>): HookFilter => {
    const { status, event } = hookDelivery.shape;
    return { hook: typeof search["hook"] === "string" ? search["hook"] : undefined, status: status.safeParse(search["status"]).data, event: event.safeParse(search["event"]).data };
  },
  component: lazyRouteComponent(() => import("./pages/HooksPage.tsx"), "HooksPage"),
});

const experimentsRoute = createRoute({
  getParentRoute: () => root,
  path: "/experiments",
  component: lazyRouteComponent(() => import("./pages/ExperimentsPage.tsx"), "ExperimentsPage"),
});

const experimentRoute = createRoute({
  getParentRoute: () => root,
  path: "/experiments/$name",
  component: lazyRouteComponent(() => import("./pages/ExperimentPage.tsx"), "ExperimentPage"),
});

const ratingsRoute = createRoute({
  getParentRoute: () => root,
  path: "/ratings",
  component: lazyRouteComponent(() => import("./pages/RatingsPage.tsx"), "RatingsPage"),
});

const ratingConfigRoute = createRoute({
  getParentRoute: () => root,
  path: "/ratings/$config",
  // Whom the panels compare, so that a link shows the same.
  validateSearch: (search: Record<string, unknown>): { compare?: readonly string[] } => {
    const { compare } = search;
    return Array.isArray(compare) && compare.length > 0 && compare.every((one) => typeof one === "string") ? { compare } : {};
  },
  component: lazyRouteComponent(() => import("./pages/RatingConfigPage.tsx"), "RatingConfigPage"),
});

const tree = root.addChildren([fleetRoute, modelRoute, ledgerRoute, experimentsRoute, experimentRoute, healthRoute, hooksRoute, ratingsRoute, ratingConfigRoute, simulateRoute]);

export function makeRouter() {
  return createRouter({ routeTree: tree, defaultErrorComponent: PageFailure, defaultPreload: "intent" });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
