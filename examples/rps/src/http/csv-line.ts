/**
 * One line of CSV (RFC 4180). A text that a spreadsheet would take for a formula begins with an apostrophe instead, as OWASP
 * advises: names come from anybody.
 */
export function csvLine(values: readonly (string | boolean)[]): string {
  return `${values.map(field).join(",")}\r\n`;
}

function field(value: string | boolean): string {
  const text = String(value);
  const safe = /^[\s]*[=+\-@\t\r\n＝＋－＠]/u.test(text) ? `'${text}` : text;
  return /[",\r\n;']/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
