import { Link, Outlet, useRouterState } from "@tanstack/react-router";
import { useEffect, useRef, type JSX } from "react";

import { ThemeToggle } from "./ThemeToggle.tsx";

/** What surrounds every page: skip link, navigation, theme. */
export function Shell(): JSX.Element {
  const main = useFocusOnNavigation();
  return (
    <>
      <a
        className="skip"
        href="#content"
        onClick={(event) => {
          event.preventDefault();
          main.current?.focus();
        }}
      >
        Skip to content
      </a>
      <header className="top">
        <Link to="/" className="wordmark">
          <img src={`${import.meta.env.BASE_URL}rps.svg`} alt="" width="30" height="30" />
          RPS Quest
        </Link>
        <nav aria-label="Main" className="nav">
          <Link to="/" activeOptions={{ exact: true }}>
            Play
          </Link>
          <Link to="/leaderboard">Leaderboard</Link>
          <Link to="/stats">Stats</Link>
          <Link to="/models">Models</Link>
          <Link to="/debug">Debug</Link>
        </nav>
        <ThemeToggle />
      </header>
      <main id="content" ref={main} tabIndex={-1}>
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
