import { invalid } from "../request/problem.ts";

/**
 * The parts of a relative artifact path, or a refusal: no "..", no ".", no empty part, no absolute path, no backslash,
 * no control character, no drive letter, no "#" — nor any of these after decoding it once more, or twice.
 * @param path decoded once, as the HTTP layer does it. "" is the root, and has no parts.
 */
export function artifactParts(path: string): readonly string[] {
  if (path === "") return [];
  let form = path;
  // A name may hold a plain "%": decoding ends where it changes nothing or can't go on.
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    checkForm(form);
    const next = decode(form);
    if (next === form) return path.split("/");
    form = next;
  }
  throw refused();
}

const ROUNDS_MAX = 8;

function checkForm(path: string): void {
  // oxlint-disable-next-line no-control-regex
  if (/[\0-\u001f\u007f\\#]/.test(path) || path.startsWith("/") || /^[A-Za-z]:/.test(path) || path.length > 4096) throw refused();
  for (const part of path.split("/")) {
    if (part === "" || part === "." || part === ".." || Buffer.byteLength(part) > 255) throw refused();
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function refused(): Error {
  return invalid("Invalid path");
}
