import type { JSX } from "react";

/** The name of a version; a number gets its v. */
export function Version({ version }: { readonly version: string }): JSX.Element {
  return <code className="version">{versionName(version)}</code>;
}

export function versionName(version: string): string {
  return /^\d+$/.test(version) ? `v${version}` : version;
}
