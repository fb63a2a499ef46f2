import type { Mail } from "../mails/mail.ts";

/** How many places a word can hash to. A power of two, so that a mask takes the place of a division. */
export const DIMENSIONS = 2 ** 16;

/** A sparse vector of length one: `indices` ascend without repetition, `values` belong to them. */
export interface Features {
  readonly indices: Uint16Array;
  readonly values: Float32Array;
}

/** Words beyond this many characters of a mail are not read, as a mail filter would not. */
const TEXT_MAX = 40_000;
const WORD_MAX = 24;

/**
 * Hashed words of subject and body, `1 + ln(count)` each, and a few properties of the mail as a whole; scaled to length
 * one. Only what the writer wrote counts: no header but the subject is read, and what gives the corpus away rather
 * than the mail is taken out first (`writtenText`).
 */
export function hashFeatures(mail: Pick<Mail, "subject" | "text" | "html" | "attachments">): Features {
  const counts = new Map<number, number>();
  const subject = writtenSubject(mail.subject);
  const body = writtenText(mail.text.slice(0, TEXT_MAX));
  addWords(counts, subject, SUBJECT_SEED);
  addWords(counts, body.text, BODY_SEED);
  for (const property of propertiesOf(mail, subject, body)) add(counts, hashText(property, PROPERTY_SEED));
  return unitVector(counts);
}

/** A word of the subject, one of the body and a property hash apart. */
export const SUBJECT_SEED = 0x5b1ec7;
export const BODY_SEED = 0xb0d1;
export const PROPERTY_SEED = 0x9309;

/**
 * Placeholders that the makers of the corpus put in place of names and addresses, and names of the machines, people and
 * lists through which they collected it. They tell which pile a mail is from, not what it is.
 */
const ARTEFACTS = new Set(
  "zzzz zzzzz yyyy yyyyy xxxx example jm jmason netnoteinc netnote spamassassin taint slashnull fork ilug exmh irregulars razor sadev".split(" "),
);

interface Written {
  readonly text: string;
  readonly links: number;
  readonly addresses: number;
}

/** List software puts its name in brackets in front of the subject; answers add `Re:`, which stays. */
function writtenSubject(subject: string): string {
  return subject.replaceAll(/\[[^\]]{1,40}\]/g, " ");
}

/** Without signatures and list footers at the end; links and addresses are counted and taken out. */
function writtenText(text: string): Written {
  const counted = { links: 0, addresses: 0 };
  const kept = withoutFooter(text)
    .replaceAll(/\b(?:https?|ftp):\/\/[^\s<>"]+|\bwww\.[^\s<>"]+/gi, () => (counted.links++, " "))
    .replaceAll(/[^\s<>"@]+@[^\s<>"@]+/g, () => (counted.addresses++, " "));
  return { text: kept, ...counted };
}

function withoutFooter(text: string): string {
  const lines = text.trimEnd().split("\n");
  const from = Math.max(0, lines.length - FOOTER_LINES_MAX);
  const footer = lines.findIndex((line, i) => i >= from && (/^--\s*$/.test(line) || /^[-_=]{20,}\s*$/.test(line)));
  return footer < 0 ? text : lines.slice(0, footer).join("\n");
}

const FOOTER_LINES_MAX = 12;

/** What can be said of a mail without its words, each as one coarse step so that no single mail is singled out. */
function propertiesOf(mail: Pick<Mail, "html" | "attachments">, subject: string, body: Written): readonly string[] {
  const { text, links, addresses } = body;
  const capitals = text.length === 0 ? 0 : (text.match(/[A-Z]/g)?.length ?? 0) / text.length;
  return [
    `html ${mail.html}`,
    `attachments ${Math.min(2, mail.attachments)}`,
    `length ${step(text.length)}`,
    `links ${step(links)}`,
    `addresses ${step(addresses)}`,
    `exclamations ${step(text.split("!").length - 1)}`,
    `money ${step(text.split("$").length - 1)}`,
    `capitals ${Math.round(capitals * 20)}`,
    `shouting ${subject.length > 8 && subject === subject.toUpperCase()}`,
  ];
}

function step(count: number): number {
  return Math.floor(Math.log2(count + 1));
}

/** Words are runs of letters (ASCII and Latin-1), apostrophes within; a run of digits counts by its length alone. */
const WORD = /[a-z\u00df-\u00ff](?:['-]?[a-z\u00df-\u00ff])+|\d+/g;

function addWords(counts: Map<number, number>, text: string, seed: number): void {
  for (const word of text.toLowerCase().match(WORD) ?? []) {
    if (word.length > WORD_MAX || word.split("-").some((part) => ARTEFACTS.has(part))) continue;
    add(counts, hashText(word >= "0" && word <= "9999999999" ? `#${word.length}` : word, seed));
  }
}

function add(counts: Map<number, number>, index: number): void {
  counts.set(index, (counts.get(index) ?? 0) + 1);
}

/** FNV-1a over UTF-16 code units, folded to 16 bits. */
export function hashText(text: string, seed: number): number {
  let hash = 0x811c9dc5 ^ seed;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash ^ (hash >>> 16)) & (DIMENSIONS - 1);
}

function unitVector(counts: ReadonlyMap<number, number>): Features {
  const indices = Uint16Array.from(counts.keys()).toSorted();
  const values = Float32Array.from(indices, (index) => 1 + Math.log(counts.get(index)!));
  const length = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
  return { indices, values: length === 0 ? values : values.map((value) => value / length) };
}
