import { Link } from "@tanstack/react-router";
import type { JSX } from "react";

import { useTitle } from "../components/use-title.ts";

export function MissingPage(): JSX.Element {
  useTitle("No such page");
  return (
    <div className="sheet">
      <h1>There is no such page</h1>
      <p>
        <Link to="/">Play a match</Link> instead.
      </p>
    </div>
  );
}
