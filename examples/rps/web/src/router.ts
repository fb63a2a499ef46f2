import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";

import { Shell } from "./components/Shell.tsx";
import { MissingPage } from "./pages/MissingPage.tsx";
import { PlayPage } from "./pages/PlayPage.tsx";

const root = createRootRoute({ component: Shell, notFoundComponent: MissingPage });

const tree = root.addChildren([
  createRoute({ getParentRoute: () => root, path: "/", component: PlayPage }),
  createRoute({ getParentRoute: () => root, path: "/leaderboard", component: lazyRouteComponent(() => import("./pages/LeaderboardPage.tsx"), "LeaderboardPage") }),
  createRoute({ getParentRoute: () => root, path: "/stats", component: lazyRouteComponent(() => import("./pages/StatsPage.tsx"), "StatsPage") }),
  createRoute({ getParentRoute: () => root, path: "/models", component: lazyRouteComponent(() => import("./pages/ModelsPage.tsx"), "ModelsPage") }),
  createRoute({ getParentRoute: () => root, path: "/debug", component: lazyRouteComponent(() => import("./pages/DebugPage.tsx"), "DebugPage") }),
]);

export function makeRouter() {
  return createRouter({ routeTree: tree, basepath: import.meta.env.BASE_URL, defaultPreload: "intent" });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
