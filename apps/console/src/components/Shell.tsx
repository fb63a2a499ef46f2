import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, useRouterState } from "@tanstack/react-router";
import { useEffect, useRef, type JSX } from "react";

import { useLive } from "../api/live.ts";
import { fleetQuery } from "../api/queries.ts";
import { utc } from "../format/time.ts";
import { LiveMark } from "./LiveMark.tsx";
import { ThemeToggle } from "./ThemeToggle.tsx";

/** What surrounds every page: skip link, navigation, the controller's clock, whether the page is live. */
export function Shell(): JSX.Element {
  const liveness = useLive();
  const fleet = useQuery(fleetQuery);
  const main = useFocusOnNavigation();
  return (
    <>
      <a className="skip" href="#content" onClick={(event) => skipTo(event, main.current)}>
        Skip to content
      </a>
      <header className="top">
        <Link to="/" className="wordmark">
          <img src="/gauntlet.svg" alt="" width="26" height="26" />
          Gauntlet
        </Link>
        <nav aria-label="Main" className="nav">
          <Link to="/" activeOptions={{ exact: true, includeSearch: false }}>
            Fleet
          </Link>
          <Link to="/experiments">Experiments</Link>
          <Link to="/ratings">Ratings</Link>
          <Link to="/health-of-evidence">Health</Link>
          <Link to="/ledger">Ledger</Link>
          <Link to="/hooks">Hooks</Link>
          <Link to="/simulate">Simulate</Link>
        </nav>
        <div className="top-state">
          {fleet.data === undefined ? null : (
            <span className="clock" title="The controller's own clock; a simulated world has its own time">
              <span className="clock-label">Controller </span>
              {utc(fleet.data.now)}
            </span>
          )}
          <LiveMark liveness={liveness} />
          <ThemeToggle />
        </div>
      </header>
      <main id="content" ref={main} tabIndex={-1} className={liveness.kind === "stale" ? "is-stale" : undefined}>
        <Outlet />
      </main>
    </>
  );
}

/** A new page is announced by moving the focus to it, as a page load would; the first page is left alone. */
function useFocusOnNavigation() {
  const main = useRef<HTMLElement>(null);
  const path = useRouterState({ select: (state) => state.location.pathname });
  const shown = useRef(path);
  useEffect(() => {
    if (shown.current === path) return;
    shown.current = path;
    window.scrollTo(0, 0);
    main.current?.focus({ preventScroll: true });
  }, [path]);
  return main;
}

function skipTo(event: React.MouseEvent, target: HTMLElement | null): void {
  event.preventDefault();
  target?.focus();
}
