import { readFileSync } from "node:fs";
import { resolve } from "node:path";

import type { Ran } from "./ran.ts";

interface Asked {
  method?: string;
  headers: Record<string, string>;
  body?: string | Uint8Array<ArrayBuffer>;
  head: boolean;
  url: string;
}

/** Stands in for curl where the docs show it: -s, -i, -X, -H, -d, --data-binary @file and one address. Fails on anything that is not 2xx. */
export async function curl(words: readonly string[], folder: string): Promise<Ran> {
  const { method, headers, body, head, url } = read([...words], folder);
  const sent = body === undefined ? {} : { body, headers: { "content-type": "application/x-www-form-urlencoded" } };
  const response = await fetch(url, { ...sent, method: method ?? (body === undefined ? "GET" : "POST"), headers: { ...sent.headers, ...headers } });
  const lines = head ? [String(response.status), ...[...response.headers].map(([name, value]) => `${name}: ${value}`), ""] : [];
  return { status: response.status >= 200 && response.status <= 206 ? 0 : 22, stdout: `${[...lines, await response.text()].join("\n")}\n`, stderr: "" };
}

function read(words: string[], folder: string): Asked {
  const asked: Asked = { headers: {}, head: false, url: "" };
  const next = (): string => words.shift() ?? "";
  const options: Readonly<Record<string, () => void>> = {
    "-s": () => undefined,
    "-i": () => void (asked.head = true),
    "-X": () => void (asked.method = next()),
    "-H": () => {
      const [, name, value] = /^([^:]+):\s*(.*)$/s.exec(next()) ?? [];
      asked.headers[(name as string).toLowerCase()] = value as string;
    },
    "-d": () => void (asked.body = next()),
    "--data-binary": () => void (asked.body = Uint8Array.from(readFileSync(resolve(folder, next().slice(1))))),
  };
  while (words.length > 0) {
    const word = next();
    if (word.startsWith("-")) (options[word] as () => void)();
    else asked.url = word;
  }
  return asked;
}
