import { userInfo } from "node:os";

/** Who acts when nobody is named: the operating system's user, or its number where it has no name, as in a container. */
export function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? "unknown"}`;
  }
}
