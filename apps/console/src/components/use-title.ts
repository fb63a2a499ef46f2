import { useEffect } from "react";

/** The title of the tab: what is most worth knowing comes first. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Gauntlet`;
  }, [title]);
}
