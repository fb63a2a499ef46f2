const ENTITIES: Readonly<Record<string, string>> = { "<": "&lt;", ">": "&gt;", "&": "&amp;" };

/** Text from outside as text of a Markdown document: never markup, never a second line. */
export function escapeMarkdown(text: string): string {
  return text
    .replaceAll(/[\\`*_[\]|~]/g, String.raw`\$&`)
    .replaceAll(/[<>&]/g, (sign) => ENTITIES[sign] ?? sign)
    .replaceAll(/\s+/g, " ");
}
