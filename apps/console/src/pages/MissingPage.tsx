import { Link } from "@tanstack/react-router";
import type { JSX } from "react";

import { useTitle } from "../components/use-title.ts";

export function MissingPage(): JSX.Element {
  useTitle("Not found");
  return (
    <div className="page">
      <h1>There is no such page</h1>
      <p>
        Go to the <Link to="/">fleet</Link> or the <Link to="/ledger">ledger</Link>.
      </p>
    </div>
  );
}
